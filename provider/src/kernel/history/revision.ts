import { onceFor } from "../../declaration/once";
import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import type { Seen, Taken } from "../observed/kind";
import { seenIn, tagsAt } from "../observed/kinds";
import type { State } from "../observed/state";
import type { ChangePlan } from "../plan/plan";
import { type Held, heldAt, isSameHeld, type Moment, objectAt } from "./held";
import { takenAt } from "./taken";

/** What a confirmed transaction did at one key of the register; left out: nothing of ours stood there. */
export interface Delta {
  readonly key: string;
  readonly before?: Held;
  readonly after?: Held;
  /** What stood there in nobody's name and does no more: taken over, or replaced. In the words of `ip`. */
  readonly took?: readonly string[];
  /** The same in the form of a program, where all of it can be put back by that. */
  readonly taken?: readonly Taken[];
  /** What stands there in nobody's name since: given back. In the words of `ip`. */
  readonly gave?: readonly string[];
}

/** Who changed a host, when, and why. Nothing of it is an input of a resource. */
export interface Header {
  /** Of the controller's clock; revisions are told apart by their numbers alone. */
  readonly time: string;
  readonly txn: string;
  readonly boot: string;
  /** The last transaction that the host had confirmed and that changed something: a gap is seen by it. */
  readonly previous?: string;
  readonly stack: string;
  /** OWNER of the stack. */
  readonly tag: number;
  readonly who: string;
  /** One `pulumi up`, or one rollback. */
  readonly run: string;
  readonly why?: string;
  readonly commit?: string;
  /** Of a rollback: what it took back. */
  readonly back?: string;
  /** Of a rollback: keys that came back in the name of a resource that no program has any more. */
  readonly orphans?: readonly string[];
}

/** One confirmed transaction, as its host keeps it. */
export interface Revision extends Header {
  readonly n: number;
  /** Undefined where a newer version wrote it. */
  readonly deltas: readonly Delta[] | undefined;
  /** Bytes on the host. */
  readonly bytes: number;
}

/** The keys of the register that a plan may have changed. */
export function keysOfPlan({ change, keys, register, steps }: ChangePlan): string[] {
  const touched = new Set([...keys, ...steps.map(({ key }) => key)]);
  const lines = register.map(({ at }) => at).filter((at) => !parseRegisterKey(at).staging);
  return [...new Set([...[...touched].map((key) => registerKey(key, change.tags.owner)), ...lines])];
}

/** Before a plan that writes the lines of an older version anew: these left the tag out, and were the same one's. */
export function withTags(state: State, { register }: Pick<ChangePlan, "register">): State {
  const entries = new Map(state.register.entries);
  const released = new Set(register.flatMap(({ at, entry }) => (entry === undefined ? [at] : [])));
  for (const { at, entry } of register) {
    const { key, staging } = parseRegisterKey(at);
    const untold = entries.get(key);
    if (entry === undefined || at === key || staging || untold === undefined || !released.has(key)) continue;
    // One that has its entry under the default tag is that one's: the stack takes another tag.
    if (objectAt(key, state) === undefined) entries.set(at, untold);
  }
  return { ...state, register: { ...state.register, entries } };
}

/** What differs at these keys. */
export function deltasOf(keys: readonly string[], before: Moment, after: Moment): Delta[] {
  return keys.flatMap((key) => {
    const was = heldAt(key, before);
    const is = heldAt(key, after);
    const took = lostAt(key, before.state, after.state);
    if (isSameHeld(was, is) && took.length === 0) return [];
    const gave = lostAt(key, after.state, before.state);
    return [
      {
        key,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
        ...(took.length === 0 ? {} : { took, ...takenBy(key, took, before.state, after.state) }),
        ...(gave.length === 0 ? {} : { gave }),
      },
    ];
  });
}

/** Beside ours, what stands at a key in nobody's name in the one state and not in the other. */
function lostAt(at: string, one: State, other: State): string[] {
  const { key } = parseRegisterKey(at);
  const isOwned = (protocol: number): boolean => isNamed(key, protocol, one);
  if (tagsAt(one, key)?.every(isOwned) !== false) return [];
  const seenAt = (state: State): readonly Seen[] => seenByKey(state).get(key) ?? [];
  const there = seenAt(one).filter(({ protocol }) => protocol !== undefined && !isOwned(protocol));
  const left = new Set(seenAt(other).flatMap((seen) => (seen.protocol === undefined ? [] : [seen.print()])));
  return there.map((seen) => seen.print()).filter((text) => !left.has(text));
}

/** Nothing where a part of it could not be put back. */
function takenBy(at: string, took: readonly string[], before: State, after: State): Pick<Delta, "taken"> {
  const { key } = parseRegisterKey(at);
  const taken = takenAt(at, before, after, (protocol) => isNamed(key, protocol, before));
  return taken.length === took.length ? { taken } : {};
}

const seenByKey = onceFor((state: State) => Map.groupBy(seenIn(state), ({ key }) => key));

/** By the register, under its own tag or displaced. */
const isNamed = (key: string, protocol: number, { register: { entries } }: State): boolean =>
  entries.has(registerKey(key, protocol)) || (protocol % 2 === 1 && entries.has(registerKey(key, protocol - 1, true)));
