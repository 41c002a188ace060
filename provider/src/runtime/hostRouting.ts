import { type HostRoutingValues, hostRoutingFields, settleHostRouting } from "../declaration/hostRouting";
import { isObject } from "../declaration/isObject";
import type { Tags } from "../declaration/owner";
import { settingsIn } from "../declaration/sysctl/fields";
import { sysctlKey } from "../declaration/sysctl/sysctl";
import { kindsOnHosts } from "../kernel/observed/kinds";
import { lookAtAll, lookAtNames, lookAtTagged, together } from "../kernel/observed/look";
import type { State } from "../kernel/observed/state";
import type { Wanted } from "../kernel/plan/change";
import { strays } from "../kernel/plan/plan";
import { settings } from "../kernel/sysctl/kind";
import { wantedSysctl } from "../kernel/sysctl/sysctl";
import type { ReadOne } from "./declared";
import { defineKind } from "./kind";
import { type Entry, entriesOf, lookAtEntries } from "./section";
import { type Standing, standingAt } from "./standing";

const allOf = (values: HostRoutingValues): Entry[] => [
  ...entriesOf(values),
  ...settingsIn(values).map(({ field, all, wordOf, ...setting }) => ({
    section: field,
    label: setting.device,
    // What the kernel makes of one may depend on that of `all`.
    wanted: wantedSysctl(setting, all),
    declarable: ({ value }: Readonly<Record<string, unknown>>) => (typeof value === "number" ? wordOf(value) : undefined),
  })),
];

/** Kinds of entries of which all is read at once. */
const wholeKinds = Object.values(kindsOnHosts).flatMap(({ word, whole }) => (whole === undefined ? [] : [word]));

/** What is seen, by section and label. */
class Seen {
  readonly #sections = new Map<string, Map<string, unknown>>();

  add(name: string, label: string, found: unknown): void {
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
  const entries = allOf(values);
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

/** Entry by entry, as it is declared. */
function only(values: HostRoutingValues, isOne: (wanted: Wanted) => boolean): Record<string, unknown> {
  const seen = new Seen();
  const entries = allOf(values);
  const sectionsOf: Readonly<Record<string, unknown>> = values;
  for (const { section: name, label, wanted } of entries) {
    const section = sectionsOf[name];
    if (isOne(wanted) && isObject(section)) seen.add(name, label, section[label]);
  }
  return seen.instead(values, entries);
}

export const hostRouting = defineKind({
  name: "HostRouting",
  fields: hostRoutingFields,
  across: settleHostRouting,
  place: () => "routing",
  wanted: (values) => allOf(values).map(({ wanted }) => wanted),
  // Names also where none is declared: those that a change left half-way stand in their own files, and not in the register.
  look: (values, tags, adopt) =>
    together([
      lookAtNames,
      lookAtEntries(values, adopt),
      ...settingsIn(values).map((setting) => settings.lookAt(sysctlKey(setting))),
      ...(values.exclusive === true ? [...wholeKinds.map(lookAtAll), lookAtTagged(tags.owner)] : []),
    ]),
  many: {
    label: "HostRouting",
    exclusive: ({ exclusive }) => exclusive === true,
    expect: ({ expect = [] }) => expect,
    read,
    only,
  },
});
