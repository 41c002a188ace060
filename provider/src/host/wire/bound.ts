import type { Look } from "../../kernel/observed/look";

/** How much an answer may hold. More is not what was asked for, and to read it would take memory and time from other hosts. */
export interface Bound {
  readonly bytes: number;
  readonly lines: number;
  /** Objects of JSON: a few bytes of text are a hundred times as many of memory. */
  readonly objects: number;
}

const mebibyte = 1024 * 1024;

/**
 * What any host may say of what is its own: some thousand rules, the tables of a host with up to 20,000 routes (sh/destinations.sh), and the
 * register and the store of 30,000 objects of ours.
 */
export const ofItsOwn: Bound = { bytes: 32 * mebibyte, lines: 250_000, objects: 100_000 };

/** All that decides where packets go, of a host with up to 400,000 routes (sh/observe.sh). */
export const ofNetwork: Bound = { bytes: 128 * mebibyte, lines: 250_000, objects: 1_000_000 };

/** Of each destination that was asked for some routes, with some next hops each. */
export const boundOf = ({ routes }: Look): Bound => ({ ...ofItsOwn, objects: ofItsOwn.objects + 10 * routes.size });
