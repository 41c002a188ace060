import { parsePrefix } from "../../declaration/address";
import { type Family, families } from "../../declaration/family";
import type { Route } from "../../declaration/route/route";
import { type Table, tableNumber } from "../../declaration/tableNumber";
import type { ObservedRoute, State } from "../../kernel/observed/state";

/** What an observation is to show beside the register. */
export interface Look {
  /** Families of which the rules are to be seen. */
  readonly rules: ReadonlySet<Family>;
  /** Routes, by table and destination: `inet 100 198.51.100.0/24`. */
  readonly routes: ReadonlySet<string>;
  /** Tags of which every route of their tables is to be seen as well: a change answers for all of ours. */
  readonly ours: ReadonlySet<number>;
  /** Whole routing tables, as `inet 100`. */
  readonly tables: ReadonlySet<string>;
  /** Those of routes and tables whose locked metrics are to be seen: `ip -j` leaves locks out, the plain text does not. */
  readonly locks: ReadonlySet<string>;
  /** Tags of which every route is to be seen, whatever its table. */
  readonly tagged: ReadonlySet<number>;
  /** Whether to read the files of table names. */
  readonly names: boolean;
  /** Whether to read next hop objects. */
  readonly nexthops: boolean;
  /** Numbers of those for which the routes are to be seen that go by them. */
  readonly users: ReadonlySet<number>;
  /** Whether to read settings, of devices and of the host. */
  readonly sysctls: boolean;
  /** Whether to read what devices have, for what follows them. */
  readonly uplinks: boolean;
  /** Families of which default routes are to be seen, for what follows a gateway. */
  readonly ways: ReadonlySet<Family>;
  /** Whether to ask how this connection is routed. */
  readonly paths: boolean;
  /** Lines for sh/probes.sh. */
  readonly probes: readonly string[];
}

const tableText = (family: Family, table: Table): string => `${family} ${tableNumber(table)}`;
/** Where a route stands, as a look names it. */
export const destinationOf = ({ family, table, destination }: Pick<Route, "family" | "table" | "destination">): string =>
  `${tableText(family, table)} ${destination}`;

export const nothingMore: Look = {
  rules: new Set(),
  routes: new Set(),
  ours: new Set(),
  tables: new Set(),
  locks: new Set(),
  tagged: new Set(),
  names: false,
  nexthops: false,
  users: new Set(),
  sysctls: false,
  uplinks: false,
  ways: new Set(),
  paths: false,
  probes: [],
};
export const lookAtRules = (family: Family): Look => ({ ...nothingMore, rules: new Set([family]) });
export const lookAtUplinks: Look = { ...nothingMore, uplinks: true };
/** With addresses: a route goes with the last one of its device. */
export const lookAtWays = (family: Family): Look => ({ ...lookAtUplinks, ways: new Set([family]) });
/** With the rules, which say for whom the table counts. */
export function lookAtTable(family: Family, table: Table, locks = false): Look {
  const tables = new Set([tableText(family, table)]);
  return { ...lookAtRules(family), tables, locks: locks ? tables : nothingMore.locks };
}
/** What stands at a destination: a table may hold every route of the internet. */
export function lookAtDestination(route: Pick<Route, "family" | "table" | "destination">, locks = false): Look {
  const routes = new Set([destinationOf(route)]);
  return { ...lookAtRules(route.family), routes, locks: locks ? routes : nothingMore.locks };
}
/** Of both families. */
export const lookAtTagged = (tag: number): Look => ({ ...nothingMore, rules: new Set(families), tagged: new Set([tag]) });
export const lookAtNames: Look = { ...nothingMore, names: true };
/** All settings; with default routes for one that the kernel drops some for. */
export const lookAtSysctl = (key: string): Look =>
  together([{ ...nothingMore, sysctls: true }, ...(key.startsWith("sysctl ipv6_forwarding ") ? [lookAtWays("inet6")] : [])]);
/** With all rules: whether a change of one moves the way of our own connection hangs on them. */
export const lookAtNexthops = (nhids: readonly number[]): Look => ({
  ...nothingMore,
  rules: new Set(families),
  nexthops: true,
  users: new Set(nhids),
});

export function together(looks: readonly Look[]): Look {
  return {
    rules: new Set(looks.flatMap(({ rules }) => [...rules])),
    routes: new Set(looks.flatMap(({ routes }) => [...routes])),
    ours: new Set(looks.flatMap(({ ours }) => [...ours])),
    tables: new Set(looks.flatMap(({ tables }) => [...tables])),
    locks: new Set(looks.flatMap(({ locks }) => [...locks])),
    tagged: new Set(looks.flatMap(({ tagged }) => [...tagged])),
    names: looks.some(({ names }) => names),
    nexthops: looks.some(({ nexthops }) => nexthops),
    users: new Set(looks.flatMap(({ users }) => [...users])),
    sysctls: looks.some(({ sysctls }) => sysctls),
    uplinks: looks.some(({ uplinks }) => uplinks),
    ways: new Set(looks.flatMap(({ ways }) => [...ways])),
    paths: looks.some(({ paths }) => paths),
    probes: looks.flatMap(({ probes }) => probes),
  };
}

const familyAt = (key: string): Family => (key.split(" ")[1] === "inet6" ? "inet6" : "inet");

/** Of a key such as `route inet table 100 default`; undefined for other keys. A host may say anything: it goes back into a text that it runs. */
function destinationAt(key: string): Pick<Route, "family" | "table" | "destination"> | undefined {
  const [, table, destination = ""] = /^route inet6? table ([0-9]{1,10}|main|default|local) (\S+)/.exec(key) ?? [];
  if (table === undefined || (destination !== "default" && parsePrefix(destination) === undefined)) return undefined;
  return {
    family: familyAt(key),
    table: table === "main" || table === "default" || table === "local" ? table : Number(table),
    destination,
  };
}

/** What the keys of a register need, so that what they own can be seen: `rule inet 1000`, `route inet table 100 ...`, `table 100`. */
export function lookFor(keys: readonly string[]): Look {
  return together(
    keys.map((key) => {
      const route = destinationAt(key);
      if (route !== undefined) return lookAtDestination(route);
      if (key.startsWith("rule ")) return lookAtRules(familyAt(key));
      if (key.startsWith("nexthop ")) return lookAtNexthops([Number(key.split(" ")[1])]);
      if (key.startsWith("sysctl ")) return lookAtSysctl(key);
      return key.startsWith("table ") ? lookAtNames : nothingMore;
    }),
  );
}

/** A whole table, as opposed to one destination in it. */
export const isTable = (one: string): boolean => one.split(" ").length === 2;
const tableIn = (route: string): string => route.split(" ", 2).join(" ");

/** Destinations by their tables, without those of tables that are seen whole. */
export function byTable(routes: ReadonlySet<string>, whole: ReadonlySet<string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const route of routes) {
    const table = tableIn(route);
    if (isTable(route) || whole.has(table)) continue;
    const destination = route.slice(table.length + 1);
    const others = found.get(table);
    if (others === undefined) found.set(table, [destination]);
    else others.push(destination);
  }
  return found;
}

const has = (seen: ReadonlySet<string>, whole: ReadonlySet<string>, route: string): boolean => seen.has(route) || whole.has(tableIn(route));

/** Nothing of `wanted` is not shown by `seen`. */
export const isCovered = (wanted: Look, seen: Look): boolean =>
  [...wanted.rules].every((family) => seen.rules.has(family)) &&
  [...wanted.routes].every((route) => has(seen.routes, seen.tables, route)) &&
  [...wanted.tables].every((table) => seen.tables.has(table)) &&
  [...wanted.locks].every((one) => has(seen.locks, seen.locks, one)) &&
  [...wanted.tagged].every((tag) => seen.tagged.has(tag)) &&
  [...wanted.ways].every((family) => seen.ways.has(family)) &&
  [...wanted.users].every((nhid) => seen.users.has(nhid)) &&
  (seen.names || !wanted.names) &&
  (seen.nexthops || !wanted.nexthops) &&
  (seen.sysctls || !wanted.sysctls) &&
  (seen.uplinks || !wanted.uplinks);

/** Whether what stands at a key is shown; never for what is no rule, route or next hop. */
export function isShown(key: string, seen: Look): boolean {
  const route = destinationAt(key);
  if (route !== undefined) return has(seen.routes, seen.tables, destinationOf(route));
  return key.startsWith("rule ") ? seen.rules.has(familyAt(key)) : key.startsWith("nexthop ") && seen.nexthops;
}

/** Of a state that shows more, what was asked for. */
export function askedFor(look: Look, state: State): State {
  const tables = new Set([...look.routes].map(tableIn));
  const isAsked = ({ route, protocol }: ObservedRoute): boolean =>
    has(look.routes, look.tables, destinationOf(route)) ||
    look.tagged.has(protocol) ||
    (look.ours.has(protocol) && tables.has(tableText(route.family, route.table)));
  return { ...state, routes: state.routes.filter(isAsked) };
}
