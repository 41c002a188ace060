import { type Family, families } from "../../declaration/family";
import type { Route } from "../../declaration/route/route";
import type { ObservedRoute, State } from "./state";
import { allOf, areCovered, isLookedAt, isLookedInto, lookInto, type TableLooks } from "./tableLook";

/** What an observation is to show beside the register. */
export interface Look {
  /** Families of which the rules are to be seen. */
  readonly rules: ReadonlySet<Family>;
  readonly routes: TableLooks;
  /** Tags of which every route of their tables is to be seen as well: a change answers for all of ours. */
  readonly ours: ReadonlySet<number>;
  /** Those of them whose locked metrics are to be seen: `ip -j` leaves locks out, the plain text does not. */
  readonly locks: TableLooks;
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

export const nothingMore: Look = {
  rules: new Set(),
  routes: new Map(),
  ours: new Set(),
  locks: new Map(),
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
/** What stands at a destination. */
export function lookAtDestination({ family, table, destination }: Pick<Route, "family" | "table" | "destination">, locks = false): Look {
  const routes = lookInto(family, table, new Set([destination]));
  return { ...lookAtRules(family), routes, locks: locks ? routes : nothingMore.locks };
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
    routes: allOf(looks.map(({ routes }) => routes)),
    ours: new Set(looks.flatMap(({ ours }) => [...ours])),
    locks: allOf(looks.map(({ locks }) => locks)),
    tagged: new Set(looks.flatMap(({ tagged }) => [...tagged])),
    all: new Set(looks.flatMap(({ all }) => [...all])),
    users: new Set(looks.flatMap(({ users }) => [...users])),
    uplinks: looks.some(({ uplinks }) => uplinks),
    ways: new Set(looks.flatMap(({ ways }) => [...ways])),
    paths: looks.some(({ paths }) => paths),
    probes: looks.flatMap(({ probes }) => probes),
  };
}

/** Nothing of `wanted` is not shown by `seen`. */
export const isCovered = (wanted: Look, seen: Look): boolean =>
  [...wanted.rules].every((family) => seen.rules.has(family)) &&
  areCovered(wanted.routes, seen.routes) &&
  areCovered(wanted.locks, seen.locks) &&
  [...wanted.tagged].every((tag) => seen.tagged.has(tag)) &&
  [...wanted.ways].every((family) => seen.ways.has(family)) &&
  [...wanted.all].every((word) => seen.all.has(word)) &&
  [...wanted.users].every((nhid) => seen.users.has(nhid)) &&
  (seen.uplinks || !wanted.uplinks);

/** Of a state that shows more, what was asked for. */
export function askedFor(look: Look, state: State): State {
  const isAsked = ({ route, protocol }: ObservedRoute): boolean =>
    isLookedAt(look.routes, route) || look.tagged.has(protocol) || (look.ours.has(protocol) && isLookedInto(look.routes, route));
  return { ...state, routes: state.routes.filter(isAsked) };
}
