import { type IpObject, numberAt, wordAt } from "../../declaration/attribute";
import type { Family } from "../../declaration/family";
import { isObject } from "../../declaration/isObject";
import { routeKey } from "../../declaration/key";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import { routeAttributes } from "../../declaration/route/attributes";
import { lockable } from "../../declaration/route/metrics";
import { isStrange, withoutTunnel } from "../../declaration/route/tunnelJson";
import { ruleAttributes } from "../../declaration/rule/rule";
import { sysctlIn, sysctlKey } from "../../declaration/sysctl/sysctl";
import { type Table, tableNumber } from "../../declaration/tableNumber";
import { channelOf } from "../plan/step";
import { withSiblings } from "../route/siblings";
import { observe } from "../words";
import { eachLine, finish } from "./pieces";
import type { NexthopUser, ObservedName, ObservedNexthop, ObservedRoute, ObservedRule } from "./state";

/** `ip -j -N -d rule show` of one family. */
export const parseRules = (objects: readonly IpObject[], family: Family): ObservedRule[] => objects.map(ruleReader(family));

export const ruleReader =
  (family: Family) =>
  (json: IpObject): ObservedRule => {
    const { values, given, unread } = observe(ruleAttributes, json, { family });
    const rule = { ...values, family, priority: numberAt(json, "priority") ?? 0 };
    return {
      rule,
      ...(Object.keys(given).length === 0 ? {} : { given: { ...rule, ...given } }),
      protocol: numberAt(json, "protocol") ?? 0,
      unread: unread.filter((key) => !key.endsWith("_detached")),
    };
  };

/** A tunnel of which something is not understood is one that no attribute reads. That of a next hop object is shown by its routes too. */
function withStrange({ encap, ...json }: IpObject): IpObject {
  if (Object.hasOwn(json, "nhid")) return json;
  const hops = Array.isArray(json["nexthops"]) && json["nexthops"].filter(isObject).some(isStrange) ? { "nexthops.encap": true } : {};
  return { ...json, ...hops, ...(encap === undefined ? {} : { [isStrange({ encap }) ? "encap.strange" : "encap"]: encap }) };
}

/** Objects inside a route's object, one level up: `metrics: [{ mtu }]` as `metrics.mtu`. */
function flat({ metrics, flow, ...json }: IpObject): IpObject {
  const lift = (name: string, inner: unknown) =>
    isObject(inner) ? Object.entries(inner).map(([key, value]) => [`${name}.${key}`, value]) : [];
  return {
    ...withStrange(json),
    ...Object.fromEntries([...lift("metrics", Array.isArray(metrics) ? metrics[0] : metrics), ...lift("flow", flow)]),
  };
}

/**
 * `ip -j -N -d route show table TABLE` of one family. The kernel leaves the table out of the answer when one was asked for. `locks` are the
 * lines of the plain text that hold a lock, which JSON leaves out.
 */
export function parseRoutes(objects: readonly IpObject[], family: Family, table: Table, locks: readonly string[] = []): ObservedRoute[] {
  const routes = objects.map(routeReader(family, table, locks));
  return family === "inet6" ? finish(withSiblings(routes)) : routes;
}

/** Of each object by itself: an old `ip` shows the next hops of one IPv6 route as several (`withSiblings`). */
export function routeReader(family: Family, table: Table, locks: readonly string[]): (json: IpObject) => ObservedRoute {
  const locksOf = locksIn(locks);
  return (json) => {
    const locked = locksOf(json);
    const { values, unread } = observe(routeAttributes, { table: tableNumber(table), ...flat(json), locks: locked }, { family });
    const unsayable = locked.filter((name) => !lockable.includes(name)).map((name) => `${name} lock`);
    return {
      route: { ...values, family, table: values.table ?? table, destination: values.destination ?? "default" },
      protocol: numberAt(json, "protocol") ?? 0,
      unread: [...unread, ...unsayable],
    };
  };
}

/**
 * The metrics that lines such as `10.1.0.0/16 via ... metric 5 mtu lock 1400` say are locked, by the route that they show. Before its
 * destination stands the type, if it is not unicast.
 */
function locksIn(lines: readonly string[]): (json: IpObject) => readonly string[] {
  const locks = new Map<string, string[]>();
  const name = (...parts: readonly string[]): string => parts.join(" ");
  for (const line of lines) {
    const plain = withoutTunnel(line);
    const word = (of: string) => new RegExp(` ${of} (\\S+)`).exec(plain)?.[1];
    const locked = [...line.matchAll(/ (\S+) lock /g)].flatMap(([, metric]) => metric ?? []);
    for (const destination of line.split(" ", 2)) {
      const route = name(destination, word("tos") ?? "", word("metric") ?? "0", word("from") ?? "", word("proto") ?? "");
      if (!locks.has(route)) locks.set(route, locked);
    }
  }
  return (json) =>
    locks.get(
      name(wordAt(json, "dst"), wordAt(json, "tos"), wordAt(json, "metric") || "0", wordAt(json, "from"), wordAt(json, "protocol")),
    ) ?? [];
}

/** `ip -j -N -d nexthop show`; `inet6` holds the numbers of those that `ip -6` shows: of one without a gateway nothing else says its family. */
export const nexthopReader =
  (inet6: ReadonlySet<unknown>) =>
  (json: IpObject): ObservedNexthop => {
    const { values, unread } = observe(nexthopAttributes, withStrange(json), { family: inet6.has(json["id"]) ? "inet6" : "inet" });
    return { nexthop: { ...values, nhid: values.nhid ?? 0 }, protocol: numberAt(json, "protocol") ?? 0, unread };
  };

/** Lines of `ip -N -d -o route show table all` that name a next hop object. */
export const userReader =
  (family: Family) =>
  (line: string): NexthopUser[] => {
    const [, destination] = /^[0-9]+ (\S+)/.exec(line) ?? [];
    const word = (name: string) => new RegExp(` ${name} (\\S+)`).exec(line)?.[1];
    const nhid = word("nhid");
    if (destination === undefined || nhid === undefined) return [];
    const { values } = observe(
      routeAttributes,
      { dst: destination, table: word("table") ?? "254", from: word("from"), tos: word("tos"), metric: word("metric") },
      { family },
    );
    const key = routeKey({ ...values, family, destination: values.destination ?? destination, table: values.table ?? "main" });
    return [
      {
        nhid: Number(nhid),
        protocol: Number(word("proto") ?? 0),
        key,
        text: `ip -${channelOf(family)} route ${line.replace(/^[0-9]+ /, "").replace(/ proto .*/, "")}`,
      },
    ];
  };

/** Lines `/proc/sys/net/ipv4/conf/DEVICE/FILE VALUE`, and of other settings. */
export function parseSysctls(text: string): Map<string, number> {
  return new Map(
    [...eachLine(text)].flatMap((line) => {
      const one = sysctlIn(line);
      return one === undefined ? [] : [[sysctlKey(one), one.value] as const];
    }),
  );
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
