import { isDeepStrictEqual } from "node:util";
import { nexthopKey, routeKey, ruleKey, tableKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { describe as describeNexthop } from "./nexthop";
import { describe as describeRoute } from "./route";
import { describe as describeRule } from "./rule";
import { givenRule, type ObservedName, type ObservedNexthop, type ObservedRoute, type ObservedRule, type State } from "./state";

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

/** One entry at its key. To print it costs the most, and is needed only where something differs. */
interface Item {
  readonly key: string;
  readonly protocol: number;
  readonly values: Values;
  readonly unread: readonly string[];
  print(): string;
}
type Values = Readonly<Record<string, unknown>>;

const item = (key: string, values: Values, { protocol, unread }: Pick<ObservedRule, "protocol" | "unread">, words: () => string): Item => ({
  key,
  protocol,
  values,
  unread,
  print: () => `${words()} proto ${protocol}${unread.length > 0 ? ` (${unread.join(", ")})` : ""}`,
});
const plain = (key: string, text: string, protocol: number): Item => ({ key, protocol, values: { text }, unread: [], print: () => text });

const ruleItem = (one: ObservedRule): Item => item(ruleKey(one.rule), givenRule(one), one, () => describeRule(givenRule(one)));
const routeItem = (one: ObservedRoute): Item => item(routeKey(one.route), one.route, one, () => describeRoute(one.route));
const nexthopItem = (one: ObservedNexthop): Item =>
  item(nexthopKey(one.nexthop.nhid), one.nexthop, one, () => describeNexthop(one.nexthop));
const nameItem = ({ tableId, name, file, owner }: ObservedName): Item =>
  plain(tableKey(tableId), `table ${tableId} ${name} in ${file}`, owner === undefined ? 0 : ownName);
/** A name has no tag; whose it is stands in its file. */
const ownName = -1;

function itemsOf(state: State): Map<string, Item[]> {
  const items = new Map<string, Item[]>();
  const add = (one: Item): void => {
    const there = items.get(one.key);
    if (there === undefined) items.set(one.key, [one]);
    else there.push(one);
  };
  for (const one of state.rules) add(ruleItem(one));
  for (const one of state.routes) add(routeItem(one));
  for (const one of state.nexthops) add(nexthopItem(one));
  for (const one of state.names) add(nameItem(one));
  for (const [key, value] of state.sysctls) add(plain(key, String(value), 0));
  return items;
}

const none: readonly Item[] = [];
const print = (items: readonly Item[]): string => (items.length === 0 ? "nothing" : items.map((one) => one.print()).join("; "));

const areSame = (some: readonly Item[], others: readonly Item[]): boolean =>
  some.length === others.length && some.every((one, index) => isSame(one, others[index]));

function isSame(one: Item, other: Item | undefined): boolean {
  if (other === undefined || one.protocol !== other.protocol || one.unread.length !== other.unread.length) return false;
  for (const name in one.values)
    if (one.values[name] !== other.values[name] && !isDeepStrictEqual(one.values[name], other.values[name])) return false;
  for (const name in other.values) if (!(name in one.values)) return false;
  return one.unread.every((name, index) => name === other.unread[index]);
}

/** Before against after, in sequence at each key: among rules of one priority the order decides. Lifetimes and link flags are not compared. */
export function compare(before: State, after: State, { keys, tags }: Scope): Comparison {
  const old = itemsOf(before);
  const now = itemsOf(after);
  const differences: Difference[] = [];
  const foreign: Difference[] = [];
  const look = (key: string, was: readonly Item[], is: readonly Item[]): void => {
    if (areSame(was, is)) return;
    const difference = { key, was: print(was), is: print(is) };
    if (difference.was === difference.is) return;
    const isOurs = ({ protocol }: Item): boolean => protocol === tags.owner || protocol === tags.staging || protocol === ownName;
    (keys.has(key) || was.some(isOurs) || is.some(isOurs) ? differences : foreign).push(difference);
  };
  for (const [key, was] of old) look(key, was, now.get(key) ?? none);
  for (const [key, is] of now) if (!old.has(key)) look(key, none, is);
  return { differences, foreign };
}
