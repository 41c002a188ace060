import { type Family, families } from "../../declaration/family";
import type { Route } from "../../declaration/route/route";
import { type Table, tableNumber } from "../../declaration/tableNumber";
import type { ObservedRoute, State } from "./state";

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
  /** Kinds of which all is to be read, by the first word of their keys. */
  readonly all: ReadonlySet<string>;
  /** Numbers of next hop objects for which the routes are to be seen that go by them. */
  readonly users: ReadonlySet<number>;
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
  all: new Set(),
  users: new Set(),
  uplinks: false,
  ways: new Set(),
  paths: false,
  probes: [],
};
export const lookAtRules = (family: Family): Look => ({ ...nothingMore, rules: new Set([family]) });
export const lookAtUplinks: Look = { ...nothingMore, uplinks: true };
/** With addresses: a route goes with the last one of its device. */
export const lookAtWays = (family: Family): Look => ({ ...lookAtUplinks, ways: new Set([family]) });
/** What stands at a destination: a table may hold every route of the internet. */
export function lookAtDestination(route: Pick<Route, "family" | "table" | "destination">, locks = false): Look {
  const routes = new Set([destinationOf(route)]);
  return { ...lookAtRules(route.family), routes, locks: locks ? routes : nothingMore.locks };
}
/** Of both families. */
export const lookAtTagged = (tag: number): Look => ({ ...nothingMore, rules: new Set(families), tagged: new Set([tag]) });
export const lookAtAll = (word: string): Look => ({ ...nothingMore, all: new Set([word]) });
export const lookAtNames: Look = lookAtAll("table");
/** With all rules: whether a change of one moves the way of our own connection hangs on them. */
export const lookAtNexthops = (nhids: readonly number[]): Look => ({
  ...nothingMore,
  rules: new Set(families),
  all: new Set(["nexthop"]),
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
    all: new Set(looks.flatMap(({ all }) => [...all])),
    users: new Set(looks.flatMap(({ users }) => [...users])),
    uplinks: looks.some(({ uplinks }) => uplinks),
    ways: new Set(looks.flatMap(({ ways }) => [...ways])),
    paths: looks.some(({ paths }) => paths),
    probes: looks.flatMap(({ probes }) => probes),
  };
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

export const has = (seen: ReadonlySet<string>, whole: ReadonlySet<string>, route: string): boolean =>
  seen.has(route) || whole.has(tableIn(route));

/** Nothing of `wanted` is not shown by `seen`. */
export const isCovered = (wanted: Look, seen: Look): boolean =>
  [...wanted.rules].every((family) => seen.rules.has(family)) &&
  [...wanted.routes].every((route) => has(seen.routes, seen.tables, route)) &&
  [...wanted.tables].every((table) => seen.tables.has(table)) &&
  [...wanted.locks].every((one) => has(seen.locks, seen.locks, one)) &&
  [...wanted.tagged].every((tag) => seen.tagged.has(tag)) &&
  [...wanted.ways].every((family) => seen.ways.has(family)) &&
  [...wanted.all].every((word) => seen.all.has(word)) &&
  [...wanted.users].every((nhid) => seen.users.has(nhid)) &&
  (seen.uplinks || !wanted.uplinks);

/** Of a state that shows more, what was asked for. */
export function askedFor(look: Look, state: State): State {
  const tables = new Set([...look.routes].map(tableIn));
  const isAsked = ({ route, protocol }: ObservedRoute): boolean =>
    has(look.routes, look.tables, destinationOf(route)) ||
    look.tagged.has(protocol) ||
    (look.ours.has(protocol) && tables.has(tableText(route.family, route.table)));
  return { ...state, routes: state.routes.filter(isAsked) };
}
