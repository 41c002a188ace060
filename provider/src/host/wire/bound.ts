import type { Look } from "../../kernel/observed/look";

/** How much an answer may hold. More is not what was asked for, and to read it would take memory and time from other hosts. */
export interface Bound {
  readonly bytes: number;
  readonly lines: number;
  /** Objects of JSON: a few bytes of text are a hundred times as many of memory. */
  readonly objects: number;
}

const mebibyte = 1024 * 1024;

/** From so many routes on, in all tables of a family, a host says only what is asked for: below, a whole table costs less than two questions. */
export const crowdedFrom = 20_000;

/** Of more routes in both families a host does not say all that decides where packets go. */
export const mostRoutes = 200_000;

/** What any host may say of what is its own: some thousand rules, the tables of one that is not crowded, and the register and the store of 30,000 objects of ours. */
export const ofItsOwn: Bound = { bytes: 32 * mebibyte, lines: 250_000, objects: 100_000 };

/** All that decides where packets go: of each route up to five objects, for its next hops, and the rest. */
export const ofNetwork: Bound = { bytes: 128 * mebibyte, lines: 250_000, objects: 1_000_000 };

/** Of each destination that was asked for some routes, with some next hops each. */
export function boundOf({ routes }: Look): Bound {
  const asked = [...routes.values()].reduce((sum, { destinations }) => sum + (destinations === "all" ? 0 : destinations.size), 0);
  return { ...ofItsOwn, objects: ofItsOwn.objects + 10 * asked };
}
