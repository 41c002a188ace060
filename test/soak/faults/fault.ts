import type { Entry } from "../entries";
import type { Place, Point } from "../hooks";
import type { Site } from "../site";
import type { Terms } from "../steps";

/** What a fault did that the judge must know. */
export interface Damage {
  /** Entries that went away with what they need. */
  gone?: (entry: string) => boolean;
  /** The kernel's tables are those of a fresh boot. */
  rebooted?: boolean;
  /** No guard is alive: the next who comes must undo. */
  unguarded?: boolean;
}

export interface Case {
  readonly site: Site;
  readonly terms: Terms;
  readonly damage: Damage;
}

export interface Fault {
  readonly name: string;
  /** Only on hosts that are reached by a relay. */
  readonly byRelay?: boolean;
  /** The change itself cuts the controller off. */
  readonly cuts?: boolean;
  /** Where the transaction is caught; it strikes there. Without: before it begins. */
  readonly places?: readonly [Place, ...Place[]];
  /** Takes so long that it is left out of every other round, the first one included. */
  readonly rare?: boolean;
  /** A second controller, of another stack, works on the host at the same moment. */
  readonly second?: boolean;
  /** Entries that are declared beside the random ones. */
  readonly extra?: (site: Site) => readonly Entry[];
  /** What the hook at that point does instead of holding. */
  readonly refusal?: (site: Site) => number;
  strike(one: Case): Promise<void>;
  /** Milliseconds until it is healed. */
  lasts(one: Case): number;
  heal(one: Case): Promise<void>;
  /** The transaction stays where it was caught until the fault is healed. */
  readonly holds?: boolean;
}

const margin = 500;
const tail = 2500;

/** Longer than the guard waits. */
export const long = ({ site, terms }: Case): number => terms.seconds * 1000 + margin + site.random.between(0, tail);
/** Mostly longer, else shorter: then the change may stand. */
export const shortOrLong = (one: Case): number => (one.site.random.chance(0.3) ? one.site.random.between(100, 2000) : long(one));
export const atOnce = (): number => 0;
export const nothing = async (): Promise<void> => {};

export function randomPoint({ random }: Site, places: readonly [Place, ...Place[]], changes: number): Point {
  const place = random.pick(places);
  return { place, number: place === "apply" ? random.integer(1, changes) : 1 };
}
