import { isSameStack, tagsOf } from "../../declaration/owner";
import { sysctlKey } from "../../declaration/sysctl/sysctl";
import { ownerAt, ownersIn } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Change, Owned } from "../plan/change";
import { deviceIn } from "../plan/followed";
import { type Back, type Choice, nameOf, type Wish } from "./back";
import { type Held, heldAt, isSameHeld, type Moment, objectAt, wantedOf, wordsUnread } from "./held";
import { keeperAt } from "./keepers";
import { refused } from "./refused";
import { remembered } from "./remembered";
import { givenBack } from "./taken";

/**
 * What is not there yet: it may have been taken back before. A resource that was renamed since goes on under its present id: nothing else of the
 * old one is left.
 */
export function toDo(back: readonly Back[], now: Moment): Back[] {
  const { state } = now;
  const alive = idsIn(state);
  return back
    .map((one) => {
      const { key, to } = one;
      const owner = ownerAt(key, state);
      if (to === undefined || owner === undefined || owner.id === to.id || alive.has(to.id) || !isSameStack(owner.stack, to.stack))
        return one;
      return { ...one, to: { ...to, id: owner.id, stack: owner.stack } };
    })
    .filter((one) => isLeftOver(one, state) || !isSameHeld(heldAt(one.key, now), one.to));
}

/** Those that own something on the host. */
export const idsIn = (state: State): Set<string> => new Set(ownersIn(state).map(([, { id }]) => id));

/** What is to go is there, and the register names no owner: as after it was lost. */
export function isLeftOver({ key, from, to }: Back, state: State): boolean {
  const object = to === undefined && ownerAt(key, state) === undefined ? objectAt(key, state) : undefined;
  return object !== undefined && keeperAt(key)?.isOurs(object, from) === true;
}

/** One change as any other, in the names of those whose the entries are. `boot` is the host's present one. */
export function changeBack(id: string, { stack, tag, back, revisions }: Choice, wish: Wish, boot: string): Change {
  const all = new Map(
    back.flatMap(({ key, to }) => (to?.object !== undefined && "sysctl" in to.object ? [[key, to.object.sysctl.value]] : [])),
  );
  const hops = back.flatMap(({ from }) => {
    const before = from?.object === undefined ? undefined : wantedOf(from.object);
    return before?.hops === undefined ? [] : [[before.key, before.hops] as const];
  });
  return {
    id,
    stack,
    tags: tagsOf(tag),
    adopt: false,
    label: `rollback ${nameOf(wish)}`,
    wanted: back.flatMap(({ key, to }) =>
      to === undefined ? [] : [wantedOf(to.object ?? unread(key, to), (file) => all.get(sysctlKey({ file, device: "all" })))],
    ),
    hops: new Map(hops),
    remembered: remembered(back, revisions, boot),
    instead: new Map(
      back.flatMap(({ key, given = [] }) => {
        const one = givenBack(key, given, tagsOf(tag).owner);
        return one === undefined ? [] : [[key, one] as const];
      }),
    ),
    owners: new Map(back.map(({ key, to }) => [key, to === undefined ? undefined : ownedOf(to)])),
  };
}

const ownedOf = ({ id, stack, stored }: Held): Owned => ({ id, stack, ...(stored === undefined ? {} : { stored }) });

function unread(key: string, held: Held): never {
  throw refused(
    `${key} was ${wordsUnread(held)}`,
    deviceIn(held) === undefined
      ? "update pulumi-policy-routing: a newer version wrote it"
      : "go back in the program: git revert, then pulumi up",
  );
}
