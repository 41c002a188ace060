import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import type { LiteralRules } from "../../declaration/rule/ruleSet";
import type { Table } from "../../declaration/tableNumber";

/** Labels are for people: nothing on a host has them. */
export type Names = ReadonlyMap<number, string>;

const tableLabel = (table: Table, names: Names): string =>
  typeof table === "string" ? table : (names.get(table) ?? `t${table}`).replaceAll(/[^A-Za-z0-9_.-]/g, "_");

const familySuffix = (family: Rule["family"]): string => (family === "inet6" ? "-v6" : "");

export function ruleLabel(rule: LiteralRules, names: Names): string {
  const { table, action, goto, family, priority, suppressPrefixlength, from, to, fwmark, iif, oif, not } = rule;
  const head = table !== undefined ? tableLabel(table, names) : (action ?? (goto === undefined ? "vrf" : `goto-${goto}`));
  const selector =
    from !== undefined ? "from" : to !== undefined ? "to" : fwmark !== undefined ? "mark" : iif !== undefined ? "iif" : oif && "oif";
  if (suppressPrefixlength !== undefined && selector === undefined) return `${head}-suppress${familySuffix(family)}`;
  return `${head}-${not === true ? "not-" : ""}${selector ?? priority}${familySuffix(family)}`;
}

export function routeLabel(route: Route, names: Names): string {
  const { table, destination, via, dev, family, metric, type } = route;
  const isOnLink = via === undefined && dev !== undefined && destination !== "default" && type === undefined;
  const what = isOnLink ? "link" : destination.replace(/\/.*$/, "");
  return `${tableLabel(table, names)}-${what}${metric === undefined ? "" : `-${metric}`}${familySuffix(family)}`;
}

/** A label for each: where several would have one, `more` tells them apart, and else their number does. */
export function distinct<One>(all: readonly One[], label: (one: One) => string, more: (one: One) => string | undefined): string[] {
  const count = (labels: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const one of labels) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  };
  const first = all.map(label);
  const often = count(first);
  const second = first.map((text, at) => {
    const one = all[at];
    const rest = one === undefined ? undefined : more(one);
    return (often.get(text) ?? 0) > 1 && rest !== undefined ? `${text}-${rest}` : text;
  });
  const still = count(second);
  const used = new Map<string, number>();
  return second.map((text) => {
    if ((still.get(text) ?? 0) < 2) return text;
    const number = (used.get(text) ?? 0) + 1;
    used.set(text, number);
    return `${text}-${number}`;
  });
}
