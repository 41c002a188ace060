import type { Adopt } from "../declaration/adopt";
import type { FieldTable, Values } from "../declaration/attribute";
import type { Entries } from "../declaration/entries";
import { anyEntryKind, type EntryKind } from "../declaration/entryKind";
import { type Look, nothingMore, together } from "../host/reading/look";
import type { State } from "../kernel/observed/state";
import type { Mandate, Wanted } from "../kernel/plan/change";
import { defineKind, type Kind } from "./kind";
import { objectIn, wholeOf } from "./objects";

type Found = Readonly<Record<string, unknown>>;

/** One declared object: where it stands in the inputs, and what it is on a host. */
export interface Entry {
  readonly section: string;
  readonly label: string;
  readonly wanted: Wanted;
  /** What was found, as it would stand in the inputs; undefined when nobody could declare it. */
  declarable(found: Found): unknown;
}

/** What one kind of entry is on hosts, for a resource of its own and as a section of HostRouting. */
interface OnHosts<Whole> {
  /** What an id says of it between host and token. */
  place(whole: Whole): string;
  wanted(whole: Whole): Wanted;
  look(whole: Whole, adopt: Adopt): Look;
}

/** Entries that may say for themselves what may be taken over. */
type Labelled<Table> = Entries<Values<Table> & { adopt?: Adopt }>;

export interface Section<Table extends FieldTable> {
  readonly kind: Kind;
  entries(section: string, entries: Labelled<Table> | undefined): Entry[];
  look(entries: Labelled<Table> | undefined, adopt: Adopt): Look;
}

export function sectionOf<Table extends FieldTable, Whole extends Values<Table>>(
  kind: EntryKind<Table, Whole>,
  { place, wanted, look }: OnHosts<Whole>,
): Section<Table> {
  const { declarable } = anyEntryKind(kind);
  return {
    kind: defineKind({
      name: kind.resource,
      fields: kind.fields,
      across: kind.settle,
      place: (values) => place(wholeOf(kind, values)),
      wanted: (values) => [wanted(wholeOf(kind, values))],
      look: (values, _tags, adopt) => look(wholeOf(kind, values), adopt),
    }),
    entries: (section, entries = {}) =>
      Object.entries(entries).map(([label, entry]) => {
        const { adopt } = entry;
        const one = wanted(wholeOf(kind, objectIn(entry)));
        if (adopt === undefined) return { section, label, wanted: one, declarable };
        const own = { ...one, adopt, ensure: (state: State, mandate: Mandate) => one.ensure(state, { ...mandate, adopt }) };
        // As found they say it too: it is not the host's.
        const found = (of: Found): unknown => {
          const inputs = declarable(of);
          return inputs === undefined ? undefined : { ...inputs, adopt };
        };
        return { section, label, wanted: own, declarable: found };
      }),
    look: (entries, adopt) =>
      entries === undefined
        ? nothingMore
        : together(Object.values(entries).map((entry) => look(wholeOf(kind, objectIn(entry)), entry.adopt ?? adopt))),
  };
}
