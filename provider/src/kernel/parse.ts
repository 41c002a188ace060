import { PolicyRoutingError } from "../errors";
import { type Family, type IpObject, numberAt } from "../spec/attribute";
import { routeAttributes } from "../spec/route/attributes";
import { ruleAttributes } from "../spec/rule/rule";
import { type Table, tableNumber } from "../spec/tableNumber";
import type { ObservedName, ObservedRoute, ObservedRule } from "./state";
import { observe } from "./words";

const isObject = (value: unknown): value is IpObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The JSON array that one `ip -j` printed; nothing is an empty one. */
export function parseIpJson(text: string, what: string): IpObject[] {
  if (text.trim() === "") return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new PolicyRoutingError("protocol", {
      what: `the answer of ip for ${what} is not JSON`,
      cameBack: text.slice(0, 300),
      next: "check that `ip -j rule show` works on the host",
    });
  }
  return Array.isArray(parsed) ? parsed.filter(isObject) : [];
}

/** `ip -j -N -d rule show` of one family. */
export function parseRules(objects: readonly IpObject[], family: Family): ObservedRule[] {
  return objects.map((json) => {
    const { values, unread } = observe(ruleAttributes, json, { family });
    return {
      rule: { ...values, family, priority: numberAt(json, "priority") ?? 0 },
      protocol: numberAt(json, "protocol") ?? 0,
      unread: unread.filter((key) => !key.endsWith("_detached")),
    };
  });
}

/** `ip -j -N -d route show table TABLE` of one family. The kernel leaves the table out of the answer when one was asked for. */
export function parseRoutes(objects: readonly IpObject[], family: Family, table: Table): ObservedRoute[] {
  return objects.map((json) => {
    const { values, unread } = observe(routeAttributes, { table: tableNumber(table), ...json }, { family });
    return {
      route: { ...values, family, table: values.table ?? table, destination: values.destination ?? "default" },
      protocol: numberAt(json, "protocol") ?? 0,
      unread: unread.filter((key) => key !== "pref" || json["pref"] !== "medium"),
    };
  });
}

/** First line of a file that this package wrote: whose the name is. */
export const nameHeader = "# pulumi-policy-routing";

/** Files of table names, each begun by a line `==> PATH`. */
export function parseNames(text: string): ObservedName[] {
  const names: ObservedName[] = [];
  let file = "";
  let owner: ObservedName["owner"];
  for (const line of text.split("\n")) {
    const [, path] = /^==> (.+)$/.exec(line) ?? [];
    const [, tableId, name] = /^\s*(0x[0-9a-fA-F]+|[0-9]+)\s+(\S+)\s*(?:#.*)?$/.exec(line) ?? [];
    if (path !== undefined) {
      file = path;
      owner = undefined;
    } else if (line.startsWith(`${nameHeader}\t`)) {
      const [, id, stack] = line.split("\t");
      owner = id === undefined || stack === undefined ? undefined : { id, stack };
    } else if (tableId !== undefined && name !== undefined)
      names.push({ file, tableId: Number(tableId), name, ...(owner === undefined ? {} : { owner }) });
  }
  return names;
}
