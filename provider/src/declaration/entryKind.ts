import { type Adopt, entryFields } from "./adopt";
import { type Field, type FieldTable, field, type Inputs, type Values } from "./attribute";
import { type Across, canonical } from "./canonical";
import { describedEntries, type Entries } from "./entries";
import type { Problem } from "./failures";
import { isUnknown } from "./unknown";

type Json = Readonly<Record<string, unknown>>;

/** An interface of arguments in the generated reference. */
interface Named {
  readonly name: string;
  readonly doc: string;
}

/** What a declaration of one kind of entry is: its fields, what they mean together, and what makes two of them one object on a host. */
interface Described<Table extends FieldTable, Whole, Word extends string> {
  /** The resource that holds one, and what it is in a sentence. */
  readonly resource: string;
  readonly doc: string;
  /** The first word of its keys. */
  readonly word: string;
  /** It has no tag in the kernel: there is one entry at a key, whosever it is. */
  readonly isUntagged?: true;
  /** What the history on hosts calls it. */
  readonly held: Word;
  /** What the interface of its fields is called, and those of objects among them. */
  readonly args: Named;
  readonly parts?: readonly (Named & { readonly fields: FieldTable })[];
  readonly fields: Table;
  readonly settle: Across<Values<Table>>;
  /** Its section of HostRouting; `such` is an entry as messages show it. */
  readonly section: { readonly doc: string; readonly such: string; readonly example: Entries<Json> };
  /** Fields that make its key. */
  readonly keyFields: readonly (keyof Table & string)[];
  /** Fields from which one of these may follow, where it is left out. */
  readonly keyFollows: readonly (keyof Table & string)[];
  /** Undefined while a part of it is missing. */
  key(values: Values<Table>): string | undefined;
  /** The object that canonical values describe; undefined while one is missing that none can be without. */
  whole(values: Values<Table>): Whole | undefined;
  /** What an id says of it between host and token. */
  place(whole: Whole): string;
  /** Such places, as whoever imports one writes them. */
  readonly places: readonly string[];
}

/** With what shared code asks of every kind, whatever its values. */
export interface EntryKind<Table extends FieldTable, Whole, Word extends string = string> extends Described<Table, Whole, Word>, Asked {
  /** As a field of HostRouting. */
  readonly entries: Field<Entries<Values<Table> & { adopt?: Adopt }>, Entries<Inputs<Table> & { adopt?: Adopt }>>;
}

interface Asked {
  /** Fields on which its key depends. */
  readonly claims: readonly string[];
  /** The key of an entry as a person wrote it; undefined for what is not valid, which the checks report. */
  claimedKey(entry: Json): string | undefined;
  /** What is found on a host as it would stand in the inputs; undefined when nobody could declare it, such as a rule at priority 0. */
  declarable<Found extends Json>(found: Found): Found | undefined;
}

export type AnyEntryKind = Asked &
  Pick<
    Described<FieldTable, unknown, string>,
    "resource" | "doc" | "word" | "isUntagged" | "held" | "args" | "parts" | "fields" | "places"
  >;

type Describing<Table extends FieldTable> = Pick<Described<Table, unknown, string>, "fields" | "settle" | "section">;

/** Declares one. */
export function entryKind<Table extends FieldTable, Whole, Word extends string>(
  kind: Described<Table, Whole, Word>,
): EntryKind<Table, Whole, Word> {
  const { fields, settle } = kind;
  const claims = [...kind.keyFields, ...kind.keyFollows];
  return {
    ...kind,
    entries: sectionOf(kind),
    claims,
    claimedKey: (entry) => {
      const only = Object.fromEntries(Object.entries(entry).filter(([name]) => claims.includes(name)));
      return kind.key(canonical(fields, only, settle).values);
    },
    declarable: (found) => (canonical(fields, found, settle).problems.length === 0 ? found : undefined),
  };
}

function sectionOf<Table extends FieldTable>(kind: Describing<Table>): EntryKind<Table, unknown>["entries"];
function sectionOf({ fields, settle, section: { doc, such, example } }: Describing<FieldTable>): Field<Entries<Json>, Entries<Json>> {
  const table: FieldTable = { ...fields, ...entryFields };
  return field({
    schema: describedEntries(table, such, settle),
    settle: (entries) => (Object.keys(entries).length === 0 ? undefined : entries),
    partial: true,
    doc,
    absent: "none",
    example,
  });
}

/** One object has one declaration: two labels with one kernel key would take it from each other. */
export function duplicates<Table extends FieldTable>(
  section: string,
  { keyFields, ...kind }: Pick<EntryKind<Table, unknown>, "keyFields" | "key">,
  entries: Entries<Values<Table>>,
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
