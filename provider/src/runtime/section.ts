import type { Adopt } from "../declaration/adopt";
import { entryKinds, type Labelled, labelledIn, type Section, sectionNames } from "../declaration/entryKinds";
import type { HostRoutingValues } from "../declaration/hostRouting";
import { kindsOnHosts } from "../kernel/observed/kinds";
import { type Look, together } from "../kernel/observed/look";
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

/** The resource of one entry of each kind. */
export const kindsOfOne: readonly Kind[] = sectionNames.map(kindOfOne);

function kindOfOne<Name extends Section>(section: Name): Kind {
  const kind = entryKinds[section];
  const { wanted, look } = kindsOnHosts[section];
  return defineKind({
    name: kind.resource,
    fields: kind.fields,
    across: kind.settle,
    place: (values) => kind.place(wholeOf(kind, values)),
    wanted: (values) => [wanted(wholeOf(kind, values))],
    look: (values, _tags, adopt) => look(wholeOf(kind, values), adopt),
  });
}

/** Everything that the sections of HostRouting declare, in the order of the kinds. */
export const entriesOf = (values: HostRoutingValues): Entry[] => sectionNames.flatMap((section) => entriesIn(section, values));

function entriesIn<Name extends Section>(section: Name, values: Labelled): Entry[] {
  const kind = entryKinds[section];
  const { wanted } = kindsOnHosts[section];
  const { declarable } = kind;
  return Object.entries(labelledIn(section, values)).map(([label, entry]) => {
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
  });
}

/** What must be read for them. */
export const lookAtEntries = (values: HostRoutingValues, adopt: Adopt): Look =>
  together(sectionNames.map((section) => lookIn(section, values, adopt)));

function lookIn<Name extends Section>(section: Name, values: Labelled, adopt: Adopt): Look {
  const kind = entryKinds[section];
  const { look } = kindsOnHosts[section];
  return together(Object.values(labelledIn(section, values)).map((entry) => look(wholeOf(kind, objectIn(entry)), entry.adopt ?? adopt)));
}
