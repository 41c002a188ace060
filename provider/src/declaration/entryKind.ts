import type { FieldTable, Values } from "./attribute";
import { type Across, canonical } from "./canonical";
import type { Problem } from "./failures";
import { isUnknown } from "./unknown";

type Json = Readonly<Record<string, unknown>>;

/** What a declaration of one kind of entry is: its fields, what they mean together, and what makes two of them one object on a host. */
export interface EntryKind<Table extends FieldTable, Whole extends Values<Table>> {
  /** The resource that holds one. */
  readonly resource: string;
  /** The first word of its keys. */
  readonly word: string;
  readonly fields: Table;
  readonly settle: Across<Values<Table>>;
  /** Fields that make its key. */
  readonly keyFields: readonly (keyof Table & string)[];
  /** Fields from which one of these may follow, where it is left out. */
  readonly keyFollows: readonly (keyof Table & string)[];
  /** Undefined while a part of it is missing. */
  key(values: Values<Table>): string | undefined;
  /** The object that canonical values describe; undefined while one is missing that none can be without. */
  whole(values: Values<Table>): Whole | undefined;
}

/** Declares one: it exists so that the types of values are inferred. */
export const entryKind = <Table extends FieldTable, Whole extends Values<Table>>(kind: EntryKind<Table, Whole>): EntryKind<Table, Whole> =>
  kind;

/** What shared code asks of every kind, whatever its values. */
export interface AnyEntryKind {
  readonly word: string;
  /** Fields on which its key depends. */
  readonly claims: readonly string[];
  /** The key of an entry as a person wrote it; undefined for what is not valid, which the checks report. */
  claimedKey(entry: Json): string | undefined;
  /** What is found on a host as it would stand in the inputs; undefined when nobody could declare it, such as a rule at priority 0. */
  declarable<Found extends Json>(found: Found): Found | undefined;
}

export function anyEntryKind<Table extends FieldTable, Whole extends Values<Table>>(kind: EntryKind<Table, Whole>): AnyEntryKind {
  const { word, fields, settle } = kind;
  const claims = [...kind.keyFields, ...kind.keyFollows];
  return {
    word,
    claims,
    claimedKey: (entry) => {
      const only = Object.fromEntries(Object.entries(entry).filter(([name]) => claims.includes(name)));
      return kind.key(canonical(fields, only, settle).values);
    },
    declarable: (found) => (canonical(fields, found, settle).problems.length === 0 ? found : undefined),
  };
}

/** One object has one declaration: two labels with one kernel key would take it from each other. */
export function duplicates<Table extends FieldTable, Whole extends Values<Table>>(
  section: string,
  { keyFields, ...kind }: EntryKind<Table, Whole>,
  entries: Readonly<Record<string, Values<Table>>> = {},
): Problem[] {
  const first = new Map<string, string>();
  return Object.entries(entries).flatMap(([label, entry]) => {
    const key = keyFields.some((name) => isUnknown(entry[name])) ? undefined : kind.key(entry);
    const other = key === undefined ? undefined : first.get(key);
    if (key !== undefined && other === undefined) first.set(key, label);
    return other === undefined
      ? []
      : [{ path: [section, label], text: `declares ${key}, as ${section}.${other} does: one object has one entry` }];
  });
}
