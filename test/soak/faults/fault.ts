import type { Kind } from "../deal";
import type { Declaration } from "../declaration";
import type { Mode, Place, Point } from "../hooks";
import type { Failing } from "../judge";
import type { Fields } from "../protocol";
import type { Site } from "../site";
import type { Stack } from "../stack";
import type { Terms } from "../steps";

/** What a fault did that the judge must know. */
export interface Damage {
  /** Entries that went away with what they need. */
  gone?: (slot: string, text: string) => boolean;
  /** A transaction may have begun after it: what it took is not there before that one either. */
  early?: boolean;
  /** The kernel's tables are those of a fresh boot, or what is persisted was put back there. */
  rebooted?: "emptied" | "replayed";
  /** No guard is alive: the next who comes must undo. */
  unguarded?: boolean;
}

export interface Case {
  readonly site: Site;
  /** Whose change the fault strikes. */
  readonly stack: Stack;
  readonly terms: Terms;
  readonly damage: Damage;
  readonly failings: Failing[];
  /** Everything that a person needs to understand a failure. */
  readonly story: string[];
}

export interface Fault extends Kind {
  /** Seconds after which the guard fires, where it is not the usual. */
  readonly seconds?: number;
  /** Seconds that a dial may take, where it is not the usual. */
  readonly dial?: number;
  /** The change itself cuts the controller off. */
  readonly cuts?: boolean;
  /** Checks that the change must pass. */
  readonly probes?: readonly Fields[];
  /** Where the transaction is caught; it strikes there. Without: as it begins. */
  readonly places?: readonly [Place, ...Place[]];
  /** It strikes, and is over, before anything is asked for. */
  readonly first?: boolean;
  /** The other stack changes something at the same moment. */
  readonly second?: boolean;
  /** Entries that are declared beside the others, and taken back if they were not applied. */
  readonly extra?: (site: Site, stack: Stack) => readonly Declaration[];
  /** What the hook at that point does instead of holding. */
  readonly mode?: (site: Site) => Mode;
  strike(one: Case): Promise<void>;
  /** Milliseconds until it is healed, or not before everything was reported. */
  lasts(one: Case): number | "until told";
  heal(one: Case): Promise<void>;
  /** The transaction stays where it was caught until the fault is healed. */
  readonly holds?: boolean;
  /** A change must bear it. */
  readonly bears?: boolean;
  /** No change may be kept. */
  readonly forbids?: boolean;
  /** Nothing can be undone while it lasts. */
  readonly jams?: boolean;
  /** Nothing can be seen while it lasts. */
  readonly blinds?: boolean;
}

const margin = 500;
const tail = 2500;

/** Longer than the guard waits. */
export const long = ({ site, terms }: Case): number => terms.seconds * 1000 + margin + site.random.between(0, tail);
/** Mostly longer, else shorter: then the change may stand. */
export const shortOrLong = (one: Case): number => (one.site.random.chance(0.3) ? one.site.random.between(100, 2000) : long(one));
export const atOnce = (): number => 0;
export const nothing = async (): Promise<void> => {};
/** What strikes by itself, at its point or by what is declared. */
export const byItself = { strike: nothing, lasts: atOnce, heal: nothing } as const;

/** Later batches than the first are there only where several things are changed. */
export function randomPoint({ random }: Site, places: readonly [Place, ...Place[]], changes: number): Point {
  const place = random.pick(places);
  return { place, number: place === "apply" && random.chance(0.5) ? random.integer(1, changes) : 1 };
}
