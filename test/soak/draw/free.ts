import { type Declaration, declarationOf, type Kind } from "../declaration";
import type { Fields } from "../protocol";
import type { Site } from "../site";
import { type Resource, type Stack, shownOf } from "../stack";
import { cuttingRule, refusedRoute, ruleFields } from "./entries";
import { type Room, rooms } from "./room";

/** What the kernel takes for one object: rules of two tags are two, all else is not. */
const place = (slot: string): string => (slot.startsWith("rule ") ? slot : slot.replace(/ proto \d+$/, ""));

/** Slots that are in use, or were a moment ago. */
export class Taken {
  readonly #places: Set<string>;

  constructor(site: Site, but?: Resource) {
    const resources = site.stacks.flatMap(({ program, state }) => [
      ...program.values(),
      ...[...state.values()].map(({ resource }) => resource),
    ]);
    this.#places = new Set(resources.filter(({ name }) => name !== but?.name).flatMap((one) => [...shownOf(one).keys()].map(place)));
  }

  has(slot: string): boolean {
    return this.#places.has(place(slot));
  }

  add(slot: string): void {
    this.#places.add(place(slot));
  }
}

/** A declaration at slots that nobody uses; undefined where none was found. */
export function free(site: Site, kind: Kind, room: Room, draw: () => Fields | undefined, tag = room.tag): Declaration | undefined {
  const taken = new Taken(site);
  for (let tries = 0; tries < 40; tries++) {
    const fields = draw();
    const declaration = fields === undefined ? undefined : declarationOf(kind, fields, tag);
    if (declaration !== undefined && ![...declaration.shown.keys()].some((slot) => taken.has(slot))) return declaration;
  }
  return undefined;
}

/** No stack has a rule of any tag at that priority: with `adopt`, one would stand beside what is taken over. */
export function isAlone(site: Site, { family, priority }: Fields): boolean {
  const key = `rule ${family} ${priority}`;
  const isThere = (slot: string): boolean => slot === key || slot.startsWith(`${key} `);
  const all = site.stacks.flatMap(({ program, state }) => [...program.values(), ...[...state.values()].map(({ resource }) => resource)]);
  return !all.some((one) => [...shownOf(one).keys()].some(isThere));
}

export const roomOf = (site: Site, stack: Stack): Room => (stack === site.first ? rooms.single : rooms.second);

export const freeRule = (site: Site, stack: Stack): Declaration | undefined =>
  free(
    site,
    "PolicyRule",
    roomOf(site, stack),
    () => {
      const fields = ruleFields(site.random, roomOf(site, stack));
      return isAlone(site, fields) ? fields : undefined;
    },
    stack.tag,
  );

/** An entry that cuts the controller off. */
export function cut(site: Site, stack: Stack): Declaration[] {
  const room = roomOf(site, stack);
  return [free(site, "PolicyRule", room, () => cuttingRule(site.random, room, site.host.controller), stack.tag)].flatMap(
    (one) => one ?? [],
  );
}

/** An entry that the kernel refuses. */
export function refused(site: Site, stack: Stack): Declaration[] {
  const room = roomOf(site, stack);
  return [free(site, "PolicyRoute", room, () => refusedRoute(site.random, room), stack.tag)].flatMap((one) => one ?? []);
}
