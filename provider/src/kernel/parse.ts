import { type IpObject, numberAt } from "../spec/attribute";
import type { Family } from "../spec/family";
import { routeKey } from "../spec/key";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { routeAttributes } from "../spec/route/attributes";
import { isStrange, withoutTunnel } from "../spec/route/encap";
import { lockable } from "../spec/route/metrics";
import { inOrder } from "../spec/route/nexthops";
import { ruleAttributes } from "../spec/rule/rule";
import { type Table, tableNumber } from "../spec/tableNumber";
import type { NexthopUser, ObservedName, ObservedNexthop, ObservedRoute, ObservedRule } from "./state";
import { observe } from "./words";

const isObject = (value: unknown): value is IpObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** `ip -j -N -d rule show` of one family. */
export function parseRules(objects: readonly IpObject[], family: Family): ObservedRule[] {
  return objects.map((json) => {
    const { values, given, unread } = observe(ruleAttributes, json, { family });
    const rule = { ...values, family, priority: numberAt(json, "priority") ?? 0 };
    return {
      rule,
      ...(Object.keys(given).length === 0 ? {} : { given: { ...rule, ...given } }),
      protocol: numberAt(json, "protocol") ?? 0,
      unread: unread.filter((key) => !key.endsWith("_detached")),
    };
  });
}

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
  const locksOf = locksIn(locks);
  const routes = objects.map((json) => {
    const locked = locksOf(json);
    const { values, unread } = observe(routeAttributes, { table: tableNumber(table), ...flat(json), locks: locked }, { family });
    const unsayable = locked.filter((name) => !lockable.includes(name)).map((name) => `${name} lock`);
    return {
      route: { ...values, family, table: values.table ?? table, destination: values.destination ?? "default" },
      protocol: numberAt(json, "protocol") ?? 0,
      unread: [...unread, ...unsayable],
    };
  });
  return family === "inet6" ? withSiblings(routes) : routes;
}

/**
 * The metrics that lines such as `10.1.0.0/16 via ... metric 5 mtu lock 1400` say are locked, by the route that they show. Before its
 * destination stands the type, if it is not unicast.
 */
function locksIn(lines: readonly string[]): (json: IpObject) => readonly string[] {
  const locks = new Map<string, string[]>();
  const name = (...parts: readonly unknown[]): string => parts.join(" ");
  for (const line of lines) {
    const plain = withoutTunnel(line);
    const word = (of: string) => new RegExp(` ${of} (\\S+)`).exec(plain)?.[1];
    const locked = [...line.matchAll(/ (\S+) lock /g)].flatMap(([, metric]) => metric ?? []);
    for (const destination of line.split(" ", 2)) {
      const route = name(destination, word("tos") ?? "", word("metric") ?? "0", word("from") ?? "", word("proto") ?? "");
      if (!locks.has(route)) locks.set(route, locked);
    }
  }
  return (json) => locks.get(name(json["dst"], json["tos"] ?? "", json["metric"] ?? 0, json["from"] ?? "", json["protocol"] ?? "")) ?? [];
}

/** `ip -j -N -d nexthop show`; `inet6` are those that `ip -6` shows: of one without a gateway nothing else says its family. */
export function parseNexthops(objects: readonly IpObject[], inet6: readonly IpObject[]): ObservedNexthop[] {
  const ofInet6 = new Set(inet6.map((json) => json["id"]));
  return objects.map((json) => {
    const { values, unread } = observe(nexthopAttributes, withStrange(json), { family: ofInet6.has(json["id"]) ? "inet6" : "inet" });
    return { nexthop: { ...values, nhid: values.nhid ?? 0 }, protocol: numberAt(json, "protocol") ?? 0, unread };
  });
}

/** Lines of `ip -N -d -o route show table all` that name a next hop object. */
export function parseNexthopUsers(text: string, family: Family): NexthopUser[] {
  return text.split("\n").flatMap((line) => {
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
        text: `ip -${family === "inet" ? 4 : 6} route ${line.replace(/^[0-9]+ /, "").replace(/ proto .*/, "")}`,
      },
    ];
  });
}

/** Older iproute2 shows the next hops of one IPv6 route as several routes at one key. */
function withSiblings(routes: readonly ObservedRoute[]): ObservedRoute[] {
  const groups = new Map<string, ObservedRoute[]>();
  for (const one of routes) {
    const key = `${routeKey(one.route)} ${one.protocol}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1 || !group.every(({ route }) => route.via !== undefined && route.nexthops === undefined))
      return group;
    const { encap: _encap, via: _via, dev: _dev, onlink: _onlink, ...route } = first.route;
    const nexthops = group.map(({ route: { encap, via, dev, onlink } }) => ({
      ...(encap === undefined ? {} : { encap }),
      ...(via === undefined ? {} : { via }),
      ...(dev === undefined ? {} : { dev }),
      ...(onlink === undefined ? {} : { onlink }),
    }));
    return [{ ...first, route: { ...route, nexthops: inOrder(nexthops) } }];
  });
}

/** Lines `/proc/sys/net/ipv4/conf/DEVICE/FILE VALUE`. */
export function parseSysctls(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^\/proc\/sys\/net\/ipv4\/conf\/([^/\n]+)\/(\w+) ([0-9]+)$/gm)].map(([, device, file, value]) => [
      `sysctl ${file} ${device}`,
      Number(value),
    ]),
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
