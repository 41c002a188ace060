import { routeKey } from "../../declaration/key";
import { routeAttributes } from "../../declaration/route/attributes";
import { type DeclaredRoute, declaredRouteAttributes } from "../../declaration/route/declaredRoute";
import { defaultMetric } from "../../declaration/route/key";
import type { Route } from "../../declaration/route/route";
import type { ObservedRoute } from "../observed/state";
import { channelOf, type IpStep, ipStep, type Step } from "../plan/step";
import { wordsOf } from "../words";

export function describe(route: DeclaredRoute): string {
  return ["ip", `-${channelOf(route.family)}`, "route", ...wordsOf(declaredRouteAttributes, route)].join(" ");
}

const step = (
  verb: string,
  route: Pick<Route, "family" | "table" | "destination" | "from" | "tos" | "metric">,
  words: readonly string[],
): IpStep => ipStep(routeKey(route), route.family, ["route", verb, ...words]);

/**
 * `replace` takes the first route at the key, whoever made it; `prepend` and `append` add one before or behind what stands there, and fail
 * where exactly it is there already.
 */
export const command = (verb: "add" | "replace" | "prepend" | "append", route: DeclaredRoute, proto: number): IpStep =>
  // The tag is always said, also where it is none: `ip` would take another one.
  step(verb, route, wordsOf(declaredRouteAttributes, route, ["proto", String(proto)]));
export const addBack = (verb: "add" | "replace" | "prepend" | "append", { route, protocol }: ObservedRoute): Step =>
  command(verb, route, protocol);

/** Metric 0 is a wildcard in a delete for IPv6 and means "any" for IPv4: the metric is always said. */
const metricOf = (route: Route): number => route.metric ?? defaultMetric[route.family];

/**
 * What names the route to delete. A scope that differs from the default is said: for types other than unicast, `ip` takes the default
 * where none is given.
 */
export function namedForDeletion({ family, type, destination, from, tos, via, dev, table, scope, nhid, nexthops, metric }: Route) {
  return { family, type, destination, from, tos, via, dev, table, scope, nhid, nexthops, metric };
}

export function deletion(route: Route, proto: number): IpStep {
  const named = { ...namedForDeletion(route), metric: undefined };
  return step("del", route, wordsOf(routeAttributes, named, tagged(route, proto)));
}

const tagged = (route: Route, proto: number): string[] => ["metric", String(metricOf(route)), "proto", String(proto)];

/**
 * Where there is nothing to delete, two commands take another route: at IPv4 metric 0 that of another metric, and for an IPv6 `from`
 * that of any source. These are run only while the route is shown.
 */
export function guardedDeletion(route: Route, proto: number): Step {
  const isExact = route.family === "inet6" ? route.from === undefined : metricOf(route) !== 0;
  return isExact ? deletion(route, proto) : onlyWhileShown(route, proto, deletion(route, proto));
}

/** The first route of this tag at the key, whichever way it goes. */
export function keyDeletion(route: Route, proto: number): Step {
  const { family, destination, from, tos, table } = route;
  const words = wordsOf(routeAttributes, { family, destination, from, tos, table }, tagged(route, proto));
  return onlyWhileShown(route, proto, step("del", route, words));
}

function onlyWhileShown(route: Route, proto: number, deleted: IpStep): Step {
  const { family, destination, from, table } = route;
  const tos = family === "inet" ? (route.tos ?? "0x0") : undefined; // left out, every one would be shown
  const shown = wordsOf(routeAttributes, { family, destination, from, tos, table });
  const words = ["route", "show", "exact", ...shown, "proto", String(proto), "metric", String(metricOf(route))];
  return { ...deleted, onlyIf: { words } };
}
