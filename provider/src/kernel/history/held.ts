import { isDeepStrictEqual } from "node:util";
import { onceFor } from "../../declaration/once";
import { isSameStack, tagsOf } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { PolicyRoutingError } from "../../errors";
import type { AllOf, HeldObject } from "../observed/kind";
import { ownerAt } from "../observed/kinds";
import type { State } from "../observed/state";
import { type StoredObject, type StoredWords, wordsOfStored } from "../persist/stored";
import type { Wanted } from "../plan/change";
import { deviceIn } from "../plan/followed";
import type { Entry } from "../plan/register";
import { keeperAt, keepers } from "./keepers";

/** What stood at a key of the register in somebody's name. */
export interface Held extends Entry {
  /** Undefined where a newer version wrote what this one does not know, and where the device that it follows has had no address. */
  readonly object: HeldObject | undefined;
  /** How it is persisted, word for word, since what is observed need not be what was declared. */
  readonly stored?: StoredWords;
}

/** A host at one moment, as far as a revision speaks of it. */
export interface Moment {
  readonly state: State;
  readonly objects: ReadonlyMap<string, StoredObject>;
}

/** What stands at a key of the register and is of its tag, whoever owns it. A rule that waits displaced is its own transaction's matter. */
export function objectAt(at: string, state: State): HeldObject | undefined {
  const { key, staging, owner } = parseRegisterKey(at);
  if (staging || owner === "?") return undefined;
  return keeperAt(key)?.own({ key, tag: tagsOf(owner).owner, device: deviceIn(state.register.entries.get(at) ?? {}) }, state);
}

/** Undefined where nobody holds anything there. */
export function heldAt(at: string, { state, objects }: Moment): Held | undefined {
  const owner = ownerAt(at, state);
  const object = owner === undefined ? undefined : objectAt(at, state);
  if (owner === undefined || (object === undefined && deviceIn(owner) === undefined)) return undefined;
  const stored = storedAt(at, objects);
  return { ...owner, object, ...(stored === undefined ? {} : { stored }) };
}

function storedAt(at: string, objects: Moment["objects"]): StoredWords | undefined {
  const one = storedByKey(objects).get(at);
  return one === undefined ? undefined : wordsOfStored(one);
}

const storedByKey = onceFor((objects: Moment["objects"]) => new Map([...objects.values()].map((one) => [one.key, one])));

/** Says the same: by the equality that finds drift, whichever of them was asked for. */
export function isSameObject(one: HeldObject | undefined, other: HeldObject | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return says(one, other) || says(other, one);
}

const says = (asked: HeldObject, observed: HeldObject): boolean => keepers.some((one) => one.says(asked, observed));

/** The same object, in the same name, persisted in the same words. */
export function isSameHeld(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.id === other.id && isSameStack(one.stack, other.stack) && isDeepStrictEqual(one.stored, other.stored) && standsSame(one, other)
  );
}

/** The same stands there, whosever it is. Where a device that is followed had nothing, that is known by the words of the store alone. */
export function standsSame(one: Held | undefined, other: Held | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const isFollowing = deviceIn(one) !== undefined && one.more === other.more;
  if (isFollowing && (one.object === undefined || other.object === undefined)) return isDeepStrictEqual(one.stored, other.stored);
  return isSameObject(one.object, other.object);
}

/** As something that is wanted on a host. `all` is what a setting of all devices is to be. */
export function wantedOf(object: HeldObject, all?: AllOf): Wanted {
  for (const keeper of keepers) {
    const wanted = keeper.wanted(object, all);
    if (wanted !== undefined) return wanted;
  }
  throw new PolicyRoutingError("bug", { topic: "bug", what: "an object of the history is of no kind" });
}

/** In the words of `ip`. */
export function wordsFor(held: Held | undefined): string {
  if (held === undefined) return "nothing of ours";
  return held.object === undefined ? wordsUnread(held) : wantedOf(held.object).label;
}

/** What it is that cannot be made again. */
export function wordsUnread(held: Held): string {
  const device = deviceIn(held);
  return device === undefined ? "what only a newer version knows" : `what follows ${device}, which had no address`;
}
