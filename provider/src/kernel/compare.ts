import { nexthopKey, routeKey, ruleKey, tableKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { describe as describeNexthop } from "./nexthop";
import { describe as describeRoute } from "./route";
import { describe as describeRule } from "./rule";
import type { ObservedNexthop, ObservedRoute, ObservedRule, State } from "./state";

/** What of a host's state a transaction answers for: the keys it touched and everything of ours. */
export interface Scope {
  readonly keys: ReadonlySet<string>;
  readonly tags: Tags;
}

export interface Comparison {
  /** Ours, or at a key that was touched: differs from before. */
  readonly differences: readonly string[];
  /** Somebody else changed it meanwhile. */
  readonly foreign: readonly string[];
}

interface Item {
  readonly key: string;
  readonly text: string;
  readonly protocol: number;
}

const item = (key: string, words: string, protocol: number, unread: readonly string[]): Item => ({
  key,
  text: `${words} proto ${protocol}${unread.length > 0 ? ` (${unread.join(", ")})` : ""}`,
  protocol,
});
const ruleItem = ({ rule, protocol, unread }: ObservedRule): Item => item(ruleKey(rule), describeRule(rule), protocol, unread);
const routeItem = ({ route, protocol, unread }: ObservedRoute): Item => item(routeKey(route), describeRoute(route), protocol, unread);
const nexthopItem = ({ nexthop, protocol, unread }: ObservedNexthop): Item =>
  item(nexthopKey(nexthop.nhid), describeNexthop(nexthop), protocol, unread);

function itemsOf(state: State): Map<string, Item[]> {
  const items = new Map<string, Item[]>();
  const names = state.names.map(({ tableId, name, file, owner }) => ({
    key: tableKey(tableId),
    text: `table ${tableId} ${name} in ${file}`,
    protocol: owner === undefined ? 0 : -1,
  }));
  const sysctls = [...state.sysctls].map(([key, value]) => ({ key, text: String(value), protocol: 0 }));
  for (const one of [
    ...state.rules.map(ruleItem),
    ...state.routes.map(routeItem),
    ...state.nexthops.map(nexthopItem),
    ...names,
    ...sysctls,
  ])
    items.set(one.key, [...(items.get(one.key) ?? []), one]);
  return items;
}

/** Before against after, in sequence at each key: among rules of one priority the order decides. Lifetimes and link flags are not compared. */
export function compare(before: State, after: State, { keys, tags }: Scope): Comparison {
  const old = itemsOf(before);
  const now = itemsOf(after);
  const differences: string[] = [];
  const foreign: string[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const was = old.get(key) ?? [];
    const is = now.get(key) ?? [];
    const text = (items: readonly Item[]): string => (items.length === 0 ? "nothing" : items.map((one) => one.text).join("; "));
    if (text(was) === text(is)) continue;
    const answerable =
      keys.has(key) || [...was, ...is].some(({ protocol }) => protocol === tags.owner || protocol === tags.staging || protocol === -1);
    (answerable ? differences : foreign).push(`${key}: was ${text(was)}, is ${text(is)}`);
  }
  return { differences, foreign };
}
