import type { Adopt } from "../../declaration/adopt";
import type { Named } from "../../declaration/entryKinds";
import type { Sysctl } from "../../declaration/sysctl/sysctl";
import type { Instead, Mandate, Plan, Unwanted, Wanted } from "../plan/change";
import type { Need } from "../plan/gate";
import type { Entry } from "../plan/register";
import type { Look } from "./look";
import type { Pieces } from "./pieces";
import type { State } from "./state";

/** One entry as it stands on a host. To print it costs the most, and is needed only where something differs. */
export interface Seen {
  readonly key: string;
  /** Its tag; undefined for what has none. */
  readonly protocol: number | undefined;
  /** Ours without a tag: it stands in a file of ours. */
  readonly isOwnFile?: boolean;
  /** By which the kernel, or a file, tells it from another one. */
  readonly values: Readonly<Record<string, unknown>>;
  /** In the form of inputs. */
  readonly found: Readonly<Record<string, unknown>>;
  /** What `ip` shows and no attribute reads. */
  readonly unread: readonly string[];
  print(): string;
}

/** What a host's answer shows under the name of a section; throws where `ip` could not show it. */
export type TextOf = (section: string) => string;

/** Part of a state. */
export type Part = Partial<State>;

/** What shared code knows of one kind of what stands on hosts. */
export interface ObservedKind {
  /** The first word of its keys. */
  readonly word: string;
  /** Where all of them are read at once: a call of the functions in sh/observe.sh, and what its sections say. */
  readonly whole?: { call(look: Look): string; read(text: TextOf, look: Look): Pieces<Part> };
  /**
   * How the script that puts back what is persisted sees what is there: the word of `ip` by which it is added and shown, the channels of its
   * stored lines (46 where its keys say the family), and which words of a line make its key. Absent: sh/missing.sh knows it by itself.
   */
  readonly replayed?: { readonly object: string; readonly channels: "46" | "46N"; readonly key: readonly number[] };
  /** What must be read to see what stands at a key. */
  lookAt(key: string): Look;
  /** Whether a reading shows what stands at a key. Absent: what it lacks is never doubted. */
  isShown?(key: string, seen: Look): boolean;
  /** All that was seen, in sequence: among rules of one priority the order decides. */
  seen(state: State): readonly Seen[];
  /** The tags of what stands at a key; undefined where entries have none. */
  tagsAt?(state: State, key: string): readonly number[];
  /** Of entries that follow a device. Absent: none does. */
  readonly following?: Following;
  /** How many entries one line of the register means, where that may be several. */
  countIn?(line: Pick<Entry, "more">): number;
  /** Whose the entries are that stand in files of ours, which say it themselves; by their keys. */
  ownersInFiles?(state: Pick<State, "names">): readonly (readonly [key: string, owner: Entry])[];
  /** What stood at a key in nobody's name and is gone: of it, what can be told in the form of a program, and so be put back exactly. */
  takenAt?(key: string, before: State, after: State, isOwned: (protocol: number) => boolean): Taken[];
  /** What is ours at a key goes, and what it took over stands there again, with no moment in which neither does. Undefined where that cannot be. */
  givenBack?(taken: readonly Taken[], tag: number): Instead | undefined;
  /** Entries of it are exchanged under STAGING. */
  readonly isExchanged?: boolean;
  /** What is to go at a key of the register; undefined when the key is none of it. */
  unwanted(at: string, state: State, mandate: Mandate): Unwanted | undefined;
  /** What stands once a plan has come true. */
  after(state: State, plan: Plan): Part;
  /** A first reading, at these keys with what a second one shows. */
  again?(first: State, second: State, keys: ReadonlySet<string>): Part;
}

type Values = Readonly<Record<string, unknown>>;

/** What a kind knows of its entries that follow a device: the host resolves what they take of it. */
export interface Following {
  /** What of an entry that is. */
  readonly resolved: Readonly<Record<string, undefined>>;
  /** What a device has that changed. */
  readonly changed: string;
  /** What must be read of devices for one at a key. */
  lookAt(key: string): Look;
  /** What stands there, as it was declared. */
  declared(values: Values, device: string, key: string): Values;
  /** Such an entry goes with something that its device had and has no more. */
  isGone?(key: string, device: string, before: State, after: State): boolean;
}

/** What stood at a key in nobody's name until a change took it over: in the form of a program, with the tag that it had. */
export interface Taken {
  readonly proto: number;
  readonly is: HeldObject;
}

/** An object under the name of its kind, as the history of a host says it. */
export type HeldObject = Named | { readonly sysctl: Sysctl };

/** A key of the register, of what its owner said or the host follows. */
export interface OwnPlace {
  readonly key: string;
  /** The tag of the entry that it is about. */
  readonly tag: number;
  /** The device that it follows. */
  readonly device: string | undefined;
}

/** What a setting of all devices is to be. */
export type AllOf = (file: Sysctl["file"]) => number | undefined;

/** What the history does with the objects of one kind; all of it says undefined, or false, of others. */
export interface Keeper {
  /** What stands at a key, of this tag. */
  own(place: OwnPlace, state: State): HeldObject | undefined;
  says(asked: HeldObject, observed: HeldObject): boolean;
  wanted(object: HeldObject, all: AllOf | undefined): Wanted | undefined;
  /** As what a program may say; undefined where it says more than this version knows. */
  read(raw: Values): HeldObject | undefined;
  /** It is ours, though the register names nobody: what a line of it said is known. */
  isOurs(object: HeldObject, line: Pick<Entry, "more"> | undefined): boolean;
}

/** A kind of which a program declares entries. */
export interface EntryOnHosts<Whole> extends ObservedKind {
  /** What any of it needs of a host's versions. */
  readonly need?: Need;
  wanted(whole: Whole): Wanted;
  look(whole: Whole, adopt: Adopt): Look;
  /** What stands at a place that an id names, behind its first word: with what its keys begin, and what must be read of it. Undefined for no place. */
  imported(place: readonly string[]): { readonly key: string; readonly look: Look } | undefined;
  /** Of all that stands at such a place, what one declaration would make is one. */
  asOne?(all: readonly Seen[]): readonly Seen[];
  /** What stands there of ours. */
  own(at: OwnPlace, state: State): Whole | undefined;
  /** Says the same, where this is asked for. */
  says(asked: Whole, observed: Whole): boolean;
  /** In the history, and out of it. */
  readonly held: { as(whole: Whole): HeldObject; of(object: HeldObject): Whole | undefined };
}

/** For people: the words of `ip`, with the tag. */
export const withTag = (words: string, { protocol, unread }: { readonly protocol: number; readonly unread: readonly string[] }): string =>
  `${words} proto ${protocol}${unread.length > 0 ? ` (${unread.join(", ")})` : ""}`;
