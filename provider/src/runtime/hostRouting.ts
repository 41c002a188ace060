import { lookAtNames, lookAtNexthops, lookAtRules, lookAtSysctls, lookAtTagged, nothingMore, together } from "../host/look";
import type { Mandate, Wanted } from "../kernel/change";
import { wantedName } from "../kernel/name";
import { wantedNexthop } from "../kernel/nexthop";
import { strays } from "../kernel/plan";
import { wantedRoute } from "../kernel/route";
import { wantedRule } from "../kernel/rule";
import type { State } from "../kernel/state";
import { wantedSysctl } from "../kernel/sysctl";
import type { Adopt } from "../spec/adopt";
import type { Entries } from "../spec/entries";
import { type HostRoutingValues, hostRoutingFields, settleHostRouting } from "../spec/hostRouting";
import type { Tags } from "../spec/owner";
import { type SysctlField, sysctlFields } from "../spec/sysctl";
import { defineKind, type ReadOne } from "./kind";
import { lookAtRoute, nameOf, nexthopOf, objectsIn, routeOf, ruleOf } from "./objects";
import { declarable, type Standing, standingAt } from "./standing";

type Found = Readonly<Record<string, unknown>>;

/** One declared object: where it stands in the inputs, and what it is on a host. */
interface Entry {
  readonly section: keyof HostRoutingValues;
  readonly label: string;
  readonly wanted: Wanted;
  /** What was found, as it would stand in the inputs; undefined when nobody could declare it, such as a rule at priority 0. */
  declarable(found: Found): unknown;
}

function section<Values>(
  name: Entry["section"],
  entries: Entries<Values> | undefined,
  wanted: (values: Values, label: string) => Wanted,
  declarable: Entry["declarable"],
): Entry[] {
  return Object.entries(entries ?? {}).map(([label, values]) => ({ section: name, label, wanted: wanted(values, label), declarable }));
}

/** Entries that may say for themselves what may be taken over. As found they say it too: it is not the host's. */
const objects = <Values extends { adopt?: Adopt }>(
  name: Entry["section"],
  entries: Entries<Values> | undefined,
  wanted: (values: Omit<Values, "adopt">) => Wanted,
  shown: (found: Found) => Found | undefined,
): Entry[] =>
  Object.entries(entries ?? {}).map(([label, { adopt, ...values }]) => {
    const one = wanted(values);
    if (adopt === undefined) return { section: name, label, wanted: one, declarable: shown };
    const found = (of: Found): unknown => {
      const inputs = shown(of);
      return inputs === undefined ? undefined : { ...inputs, adopt };
    };
    const own = { ...one, ensure: (state: State, mandate: Mandate) => one.ensure(state, { ...mandate, adopt }) };
    return { section: name, label, wanted: own, declarable: found };
  });

/** Settings by device: what the kernel makes of one depends on that of `all`. */
function settings<Word extends string>(
  name: Entry["section"],
  { file, numbers }: SysctlField<Word>,
  entries: Entries<Word> | undefined,
): Entry[] {
  const all = entries?.["all"];
  const declaredAll = all === undefined ? undefined : numbers[all];
  return section(
    name,
    entries,
    (word, device) => wantedSysctl({ file, device, value: numbers[word] }, declaredAll),
    ({ value }) => Object.entries(numbers).find(([, number]) => number === value)?.[0],
  );
}

const entriesOf = (values: HostRoutingValues): Entry[] => [
  ...objects("tables", values.tables, (one) => wantedName(nameOf(one)), declarable.tables),
  ...objects("nexthops", values.nexthops, (one) => wantedNexthop(nexthopOf(one)), declarable.nexthops),
  ...objects("routes", values.routes, (one) => wantedRoute(routeOf(one)), declarable.routes),
  ...objects("rules", values.rules, (one) => wantedRule(ruleOf(one)), declarable.rules),
  ...settings("reversePathFilter", sysctlFields.reversePathFilter, values.reversePathFilter),
  ...settings("arpIgnore", sysctlFields.arpIgnore, values.arpIgnore),
  ...settings("arpAnnounce", sysctlFields.arpAnnounce, values.arpAnnounce),
];

/** What is seen, by section and label. */
class Seen {
  readonly #sections = new Map<string, Map<string, unknown>>();

  add(name: keyof HostRoutingValues, label: string, found: unknown): void {
    if (found === undefined) return;
    const section = this.#sections.get(name);
    if (section === undefined) this.#sections.set(name, new Map([[label, found]]));
    else section.set(label, found);
  }

  get isEmpty(): boolean {
    return this.#sections.size === 0;
  }

  /** Sections in which nothing is left are gone. */
  instead(values: HostRoutingValues, entries: readonly Entry[]): Record<string, unknown> {
    const declared = new Set<string>(entries.map(({ section: name }) => name));
    const rest = Object.entries(values).filter(([name]) => !declared.has(name));
    const seen = [...this.#sections].map(([name, found]) => [name, Object.fromEntries(found)] as const);
    return { ...Object.fromEntries(rest), ...Object.fromEntries(seen) };
  }
}

/** Entry by entry; what is gone is left out. Undefined when all of it is gone. */
function read(
  values: HostRoutingValues,
  readOne: ReadOne,
  state: State,
  tags: Tags,
  more: readonly Standing[],
): Record<string, unknown> | undefined {
  const seen = new Seen();
  const entries = entriesOf(values);
  for (const { section: name, label, wanted, declarable: shown } of entries) {
    const found = readOne(wanted);
    if (found !== undefined) seen.add(name, label, shown(found));
  }
  // Drift under its key, which the next `up` takes away: what stands in its name and is not declared, and, where it is exclusive, in nobody's.
  for (const { section: name, at, found } of more) seen.add(name, `stray ${at}`, found);
  if (entries.length > 0 && seen.isEmpty) return undefined;
  if (values.exclusive === true)
    for (const { section: name, key, found } of standingAt(new Set(strays({ tags, exclusive: true }, state)), state))
      seen.add(name, `stray ${key}`, found);
  return seen.instead(values, entries);
}

export const hostRouting = defineKind({
  name: "HostRouting",
  fields: hostRoutingFields,
  across: settleHostRouting,
  place: () => "routing",
  wanted: (values) => entriesOf(values).map(({ wanted }) => wanted),
  // Names also where none is declared: those that a change left half-way stand in their own files, and not in the register.
  look: ({ nexthops, routes, rules, reversePathFilter, arpIgnore, arpAnnounce, exclusive }, tags, adopt) =>
    together([
      lookAtNames,
      nexthops === undefined && exclusive !== true
        ? nothingMore
        : lookAtNexthops(objectsIn(nexthops).map((values) => nexthopOf(values).nhid)),
      reversePathFilter === undefined && arpIgnore === undefined && arpAnnounce === undefined ? nothingMore : lookAtSysctls,
      ...Object.values(routes ?? {}).map(({ adopt: own, ...values }) => lookAtRoute(routeOf(values), own ?? adopt)),
      ...objectsIn(rules).map((values) => lookAtRules(ruleOf(values).family)),
      ...(exclusive === true ? [lookAtTagged(tags.owner)] : []),
    ]),
  many: {
    label: "HostRouting",
    exclusive: ({ exclusive }) => exclusive === true,
    expect: ({ expect = [] }) => expect,
    read,
  },
});
