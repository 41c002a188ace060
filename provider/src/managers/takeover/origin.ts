import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { routeForm, ruleForm } from "./canonicalForm";
import type { ReadFile } from "./formats/index";
import type { Place, Said } from "./reading";

/** Which lines of which files make an entry that stands on a host. */
export class Origins {
  readonly #byEntry = new Map<string, Place[]>();
  /** Defaults that managers make of a setting, by gateway and device. */
  readonly #managers = new Map<string, Place[]>();

  constructor(files: readonly ReadFile[], names: ReadonlyMap<string, number>) {
    for (const { reading } of files) for (const said of reading.said) this.#add(said, names);
  }

  /** Of a rule by its priority, where its line says one. What a program made in /run counts where no other file says it. */
  of(kind: "rule" | "route", values: Rule | Route): readonly Place[] {
    const anyMetric = { ...values, metric: "any" };
    const all =
      kind === "rule"
        ? [keyOf(kind, values), keyOf(kind, { ...values, priority: 0 })]
        : [keyOf(kind, values), keyOf(kind, { ...values, dev: undefined }), keyOf(kind, anyMetric)];
    const places = all.flatMap((key) => this.#byEntry.get(key) ?? []);
    const lasting = places.filter(({ file }) => !file.startsWith("/run/"));
    return lasting.length > 0 ? lasting : places;
  }

  isManagers(via: string, dev: string): boolean {
    return this.#managers.has(`${via} ${dev}`);
  }

  #add({ kind, values, place, isManagers, isMetricGuessed }: Said, names: ReadonlyMap<string, number>): void {
    if (isManagers === true) put(this.#managers, `${String(values["via"])} ${String(values["dev"])}`, place);
    if (kind === "nexthop" || isManagers === true) return;
    const isNumbered = values["priority"] !== undefined || kind === "route";
    const form =
      kind === "rule" ? ruleForm({ ...values, ...(isNumbered ? {} : { priority: 1, goto: undefined }) }, names) : routeForm(values, names);
    if ("wrong" in form) return;
    const metric = isMetricGuessed === true ? { metric: "any" } : {};
    put(this.#byEntry, keyOf(kind, { ...form.is, ...metric, ...(isNumbered ? {} : { priority: 0 }) }), place);
  }
}

const put = (map: Map<string, Place[]>, key: string, place: Place): void => void map.set(key, [...(map.get(key) ?? []), place]);

/** Canonical values stand in one order. */
const keyOf = (kind: string, values: object): string =>
  `${kind} ${JSON.stringify(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )}`;
