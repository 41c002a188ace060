import { isDeepStrictEqual } from "node:util";
import type { Tags } from "../../declaration/owner";
import type { Seen } from "../observed/kind";
import { observedKindOf, seenIn } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Wanted } from "./change";
import { followedKeys } from "./followed";

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

const seenByKey = (state: State): Map<string, Seen[]> => Map.groupBy(seenIn(state), ({ key }) => key);

const none: readonly Seen[] = [];
const print = (items: readonly Seen[]): string => (items.length === 0 ? "nothing" : items.map((one) => one.print()).join("; "));

const areSame = (some: readonly Seen[], others: readonly Seen[]): boolean =>
  some.length === others.length && some.every((one, index) => isSame(one, others[index]));

function isSame(one: Seen, other: Seen | undefined): boolean {
  if (
    other === undefined ||
    one.protocol !== other.protocol ||
    one.isOwnFile !== other.isOwnFile ||
    one.unread.length !== other.unread.length
  )
    return false;
  for (const name in one.values)
    if (one.values[name] !== other.values[name] && !isDeepStrictEqual(one.values[name], other.values[name])) return false;
  for (const name in other.values) if (!(name in one.values)) return false;
  return one.unread.every((name, index) => name === other.unread[index]);
}

/**
 * What is followed at a key is another one, and all else is as it was; or it has come, where nothing was there to follow before. A route goes
 * with the last address of its device.
 */
function hasFollowed(key: string, was: readonly Seen[], is: readonly Seen[], isGone: boolean): boolean {
  const resolved = observedKindOf(key)?.following?.resolved;
  const kinds = (all: readonly Seen[]): Set<string> =>
    new Set(all.map((one) => JSON.stringify({ ...one.values, ...resolved, tag: one.protocol })));
  return was.length === 0 || (is.length === 0 && isGone) || isDeepStrictEqual(kinds(was), kinds(is));
}

/** Before against after, in sequence at each key: among rules of one priority the order decides. Lifetimes and link flags are not compared. */
export function compare(before: State, after: State, { keys, tags }: Scope): Comparison {
  const old = seenByKey(before);
  const now = seenByKey(after);
  const followed = followedKeys(before.register);
  const differences: Difference[] = [];
  const foreign: Difference[] = [];
  const look = (key: string, was: readonly Seen[], is: readonly Seen[]): void => {
    if (areSame(was, is)) return;
    const difference = { key, was: print(was), is: print(is) };
    if (difference.was === difference.is) return;
    const isOurs = ({ protocol, isOwnFile }: Seen): boolean => protocol === tags.owner || protocol === tags.staging || isOwnFile === true;
    // The device changed meanwhile, and the host follows it.
    const device = followed.get(key);
    const isGone = (by: string): boolean => observedKindOf(key)?.following?.isGone?.(key, by, before, after) === true;
    const isFollowed = device !== undefined && hasFollowed(key, was, is, isGone(device));
    (!isFollowed && (keys.has(key) || was.some(isOurs) || is.some(isOurs)) ? differences : foreign).push(difference);
  };
  for (const [key, was] of old) look(key, was, now.get(key) ?? none);
  for (const [key, is] of now) if (!old.has(key)) look(key, none, is);
  return { differences, foreign };
}

/** Devices that a change follows, and that have other addresses, or another gateway, now than when it was planned: which of them in words. */
export const changedMeanwhile = (wanted: readonly Wanted[], before: State, after: State): Map<string, string> =>
  new Map(
    wanted.flatMap(({ follows, has, key }) => {
      if (follows === undefined || has === undefined || before.uplinks === undefined || after.uplinks === undefined) return [];
      const isSame = isDeepStrictEqual(new Set(has(before.uplinks)), new Set(has(after.uplinks)));
      return isSame ? [] : [[follows, observedKindOf(key)?.following?.changed ?? ""] as const];
    }),
  );
