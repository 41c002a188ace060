import { networkOf, parsePrefix, printPrefix } from "../../declaration/address";
import { canonical } from "../../declaration/canonical";
import { printFailure } from "../../declaration/failures";
import type { Family } from "../../declaration/family";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import { type Nexthop, settleNexthop } from "../../declaration/nexthop/nexthop";
import { routeAttributes } from "../../declaration/route/attributes";
import { type Route, settleRoute } from "../../declaration/route/route";
import { priorities, type Rule, ruleAttributes, settleRule } from "../../declaration/rule/rule";
import { kernelTables, tableOf } from "../../declaration/tableNumber";

type Values = Readonly<Record<string, unknown>>;
export type Form<Kind> = { readonly is: Kind; readonly note?: string } | { readonly wrong: string };

/** The family that the addresses of an entry say; IPv4 where none does, as for `ip`. */
export function familyIn({ family, from, to, destination, src, via, nexthops }: Values): Family {
  if (family === "inet" || family === "inet6") return family;
  const hops: readonly unknown[] = Array.isArray(nexthops) ? nexthops : [];
  const gateways = hops.map((hop) => (typeof hop === "object" && hop !== null && "via" in hop ? hop.via : undefined));
  const said = [destination === "default" ? undefined : destination, from, to, src, via, ...gateways].filter((one) => one !== undefined);
  return String(said[0] ?? "").includes(":") ? "inet6" : "inet";
}

/** A table by its number; the name of one that no file says stays as it is. */
function tableIn(table: unknown, names: ReadonlyMap<string, number>): unknown {
  if (typeof table === "number") return tableOf(table);
  const number = typeof table === "string" && !Object.hasOwn(kernelTables, table) ? names.get(table) : undefined;
  return number ?? table;
}

function resolved(values: Values, names: ReadonlyMap<string, number>): Values | { readonly wrong: string } {
  if (values["table"] === undefined) return values;
  const table = tableIn(values["table"], names);
  if (typeof table === "string" && !Object.hasOwn(kernelTables, table))
    return { wrong: `the table ${table} has no number here, or several: give the file rt_tables that has it` };
  return { ...values, table };
}

const all = (problems: Parameters<typeof printFailure>[0][]): string => problems.map(printFailure).join("; ");

/** Also of a rule that stands where none can be declared: what stands there may be another's, or can be moved. */
export function ruleForm(said: Values, names: ReadonlyMap<string, number>): Form<Rule> {
  const outside = isDeclarable(said["priority"]) ? undefined : Number(said["priority"]);
  const inside = outside === undefined ? said : { ...said, priority: priorities.lowest, goto: undefined };
  const values = resolved({ ...inside, family: familyIn(said) }, names);
  if ("wrong" in values) return { wrong: String(values["wrong"]) };
  const { values: rule, problems } = canonical(ruleAttributes, values, settleRule);
  const { family, priority } = rule;
  if (problems.length > 0 || family === undefined || priority === undefined) return { wrong: all([...problems]) };
  return { is: { ...rule, family, priority: outside ?? priority } };
}

/** Host bits of a destination: the kernel refuses them or clears them, so nothing stands there with them. */
function withoutHostBits(text: unknown): string | undefined {
  const prefix = typeof text === "string" ? parsePrefix(text) : undefined;
  if (prefix === undefined || networkOf(prefix) === prefix.address) return undefined;
  return printPrefix({ ...prefix, address: networkOf(prefix) });
}

export function routeForm(given: Values, names: ReadonlyMap<string, number>): Form<Route> {
  const cleared = withoutHostBits(given["destination"]);
  const said = cleared === undefined ? given : { ...given, destination: cleared };
  const values = resolved({ ...said, family: familyIn(said) }, names);
  if ("wrong" in values) return { wrong: String(values["wrong"]) };
  const { values: route, problems } = canonical(routeAttributes, values, settleRoute);
  const { family, destination, table } = route;
  if (problems.length > 0 || family === undefined || destination === undefined || table === undefined) return { wrong: all([...problems]) };
  const is = { ...route, family, destination, table };
  return cleared === undefined ? { is } : { is, note: `host bits of ${String(given["destination"])} are cleared` };
}

export function nexthopForm(said: Values): Form<Nexthop> {
  const { values: nexthop, problems } = canonical(nexthopAttributes, said, settleNexthop);
  return problems.length > 0 || nexthop.nhid === undefined ? { wrong: all([...problems]) } : { is: { ...nexthop, nhid: nexthop.nhid } };
}

/** Whether a rule of this priority can be declared. */
export const isDeclarable = (priority: unknown): boolean =>
  typeof priority !== "number" || (priority >= priorities.lowest && priority <= priorities.highest);
