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

/** What stands at one key, before and after: in the words of `ip`, or `nothing`. */
export interface Difference {
  readonly key: string;
  readonly was: string;
  readonly is: string;
}

export const printDifference = ({ key, was, is }: Difference): string => `${key}: was ${was}, is ${is}`;

export interface Comparison {
  /** Ours, or at a key that was touched: differs from before. */
  readonly differences: readonly Difference[];
  /** Somebody else changed it meanwhile. */
  readonly foreign: readonly Difference[];
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
  ]) {
    const there = items.get(one.key);
    if (there === undefined) items.set(one.key, [one]);
    else there.push(one);
  }
  return items;
}

const textOf = (items: readonly Item[]): string => (items.length === 0 ? "nothing" : items.map(({ text }) => text).join("; "));

/** Before against after, in sequence at each key: among rules of one priority the order decides. Lifetimes and link flags are not compared. */
export function compare(before: State, after: State, { keys, tags }: Scope): Comparison {
  const old = itemsOf(before);
  const now = itemsOf(after);
  const differences: Difference[] = [];
  const foreign: Difference[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const there = [old.get(key) ?? [], now.get(key) ?? []] as const;
    const [was, is] = [textOf(there[0]), textOf(there[1])];
    if (was === is) continue;
    const answerable =
      keys.has(key) || there.flat().some(({ protocol }) => protocol === tags.owner || protocol === tags.staging || protocol === -1);
    (answerable ? differences : foreign).push({ key, was, is });
  }
  return { differences, foreign };
}
