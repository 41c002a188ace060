import type { Adopt } from "../../declaration/adopt";
import type { Family } from "../../declaration/family";
import type { Tags } from "../../declaration/owner";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import type { NamedTable } from "../../declaration/table/table";
import type { PolicyRoutingError } from "../../errors";
import type { Topic } from "../../messages";
import type { Entries, State } from "../observed/state";
import type { Uplinks } from "../observed/uplinks";
import type { StoredWords } from "../persist/stored";
import type { Hop } from "../route/hop";
import type { Need } from "./gate";
import type { Entry, RegisterLine } from "./register";
import type { IpStep, SettingStep, Step } from "./step";

/** Who changes something, and how far they may go. */
export interface Mandate {
  readonly id: string;
  readonly stack: string;
  readonly tags: Tags;
  /** Its tags until now, where they are changed: what it has under these is its own too. */
  readonly former?: Tags | undefined;
  /** May take over foreign objects and those of other stacks; `same`: those alone that say what is declared. */
  readonly adopt: Adopt;
  /** Keys to set anew although they are as they should be: a lifetime was changed, which cannot be compared. */
  readonly renew?: ReadonlySet<string>;
  /** Next hops of its routes until now, by key: others that stand there are somebody else's. Undefined where it had none. */
  readonly hops?: ReadonlyMap<string, readonly Hop[]> | undefined;
  /** Also removes what carries our tag and nobody owns. */
  readonly exclusive?: boolean;
  /** All that it wants. */
  readonly wanted?: readonly Pick<Wanted, "key" | "sets">[];
}

/** What stands at one key once the steps are done: everything there, in sequence, foreign entries included. */
export interface Becomes extends Partial<Entries> {
  readonly key: string;
}

/** What another id of the same stack owned until now. */
export interface Take {
  readonly key: string;
  readonly from: Entry;
}

/** What must be gone from the host before a plan may run: others' keys, for which it waits. */
export interface Wait {
  readonly keys: readonly string[];
  /** Once that has come true at one of them, it is waited for as before. */
  isStill(becomes: Becomes): boolean;
  /** Why it fails when nobody lets go of them. */
  readonly otherwise: PolicyRoutingError;
}

/** What a person should hear about a plan: before it is made, and once it is. */
export interface Note {
  readonly topic: Topic;
  readonly will: string;
  readonly did: string;
  /** What was taken over, as it stood: whatever made it may make it again. */
  readonly took?: Foreign;
}

export type Foreign = { readonly kind: "rule"; readonly is: Rule } | { readonly kind: "route"; readonly is: Route };

/** One that is the same before and after. */
export const note = (topic: Topic, text: string): Note => ({ topic, will: text, did: text });

/** What one object needs. The undo is right after any prefix of the steps, any number of times. */
export interface Plan {
  /** Keys whose state this plan reads and writes; two plans with a common key cannot share a transaction. */
  readonly keys: readonly string[];
  /** Before the steps of every other object of this stage: what must be there before any of them goes. */
  readonly prepare?: readonly Step[];
  readonly steps: readonly Step[];
  /** After the steps of every other object of this stage. */
  readonly finish?: readonly Step[];
  readonly undo: readonly Step[];
  /** Lines for the register, after the steps succeeded. */
  readonly register: readonly RegisterLine[];
  /** For each key that changes in the kernel: what will be there, so that a proposed state can be looked at before it is made. */
  readonly becomes: readonly Becomes[];
  /** What a person should hear about, e.g. that an entry was taken over. */
  readonly notes: readonly Note[];
  /** What it takes over within its stack. */
  readonly takes?: readonly Take[];
  readonly wait?: Wait;
}

/** How an object without a line of its own survives a reboot, or why it does not: for the output `persisted`. */
export interface Unstored {
  readonly otherwise: string;
}

/** An object that somebody wants on a host: a rule, a route, a name. Shared code knows it only by this. */
export interface Wanted {
  readonly key: string;
  /** For messages: the words of `ip`. */
  readonly label: string;
  /** Order of creation: names, next hops, their groups, link routes, gateway routes, rules. Deletion goes the other way. */
  readonly stage: number;
  /** Undefined for what is of no family. */
  readonly family?: Family | undefined;
  /** What it needs of a host's versions. */
  readonly needs: readonly Need[];
  /** What of it runs down by itself; a change of it is seen only here. */
  readonly fading?: string;
  /** How far it alone may take over what stands there, where it says so itself. */
  readonly adopt?: Adopt;
  /** Of a route, where its packets go. */
  readonly hops?: readonly Hop[];
  /** Of a table's name, both. */
  readonly names?: NamedTable;
  /** Of a setting, its number. */
  readonly sets?: number;
  /** The device whose values it takes; undefined where all of it is said. */
  readonly follows?: string;
  /** What the device has of them, in words; empty where it has none. */
  has?(uplinks: Uplinks): readonly string[];
  /** What it waits for, such as an address of that device; undefined where it has it. */
  pending?(state: State): string | undefined;
  /** What makes it so. Throws `conflict` when something stands in the way. */
  ensure(state: State, mandate: Mandate): Plan;
  /** Undefined when it is there, exactly once and ours; else what is wrong. What follows a device is what `uplinks` say, or the state's. */
  missing(state: State, tags: Tags, uplinks?: Uplinks): string | undefined;
  /** The steps that add it, to be replayed after a reboot. */
  stored(tags: Tags): readonly (IpStep | SettingStep)[] | Unstored;
  /** The object at this key as it is, in the form of inputs; undefined when there is none of ours. */
  read(state: State, tags: Tags, id: string): Record<string, unknown> | undefined;
  /** What of others the kernel asks before it, for the same packets; undefined where nothing is. */
  before?(state: State, tags: Tags): string | undefined;
  /** Whom the register names as its owner; undefined where it names nobody. */
  holder(state: State, tags: Tags, id: string): Entry | undefined;
}

/** A key that somebody owned and wants no more: an entry under the tag of which the register speaks. */
export interface Unwanted {
  readonly key: string;
  readonly stage: number;
  remove(state: State, mandate: Mandate): Plan;
  /** Undefined when nothing of ours is left there. */
  remains(state: State): string | undefined;
}

/** What one resource wants of a host. Empty `wanted`: it goes. */
export interface Change extends Mandate {
  readonly wanted: readonly Wanted[];
  /** For messages, where it is more than one object. */
  readonly label?: string | undefined;
  /** It acts for others: in whose names these keys of the register are afterwards. Undefined: what is there goes. */
  readonly owners?: ReadonlyMap<string, Owned | undefined>;
  /** What else the register would say of these keys, had it not been lost meanwhile. */
  readonly remembered?: ReadonlyMap<string, string>;
  /** Keys of the register that do not merely go. */
  readonly instead?: ReadonlyMap<string, Instead>;
}

/** What comes in the place of what goes at a key. */
export interface Instead {
  remove(state: State, at: string): Plan;
  /** Undefined where it is there. */
  missing(state: State): string | undefined;
}

/** Whose a key is to be, and how it is to be persisted. */
export interface Owned extends Pick<Entry, "id" | "stack"> {
  readonly stored?: StoredWords;
}

/** May go: the register says so, or nobody owns it and the mandate covers that. */
export const isRemovable = (owner: { readonly id: string } | undefined, { id, exclusive }: Mandate): boolean =>
  owner === undefined ? exclusive === true : owner.id === id;

export const emptyPlan = (keys: readonly string[]): Plan => ({ keys, steps: [], undo: [], register: [], becomes: [], notes: [] });
