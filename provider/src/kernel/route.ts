import { PolicyRoutingError } from "../errors";
import { routeKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { defaultMetric, routeAttributes } from "../spec/route/attributes";
import type { Route } from "../spec/route/route";
import { channelOf, emptyPlan, type Mandate, type Plan, type Step, type Unwanted, type Wanted } from "./change";
import { ownLine } from "./register";
import { type ObservedRoute, routesAt, type State } from "./state";
import { asAsked, same, wordsOf } from "./words";

/** A gateway is looked up when its route is added: the routes on the link come first. */
const stageOf = (route: Pick<Route, "via">): number => (route.via === undefined ? 20 : 30);

const command = (verb: "add" | "replace", route: Route, proto: number): Step =>
  [channelOf(route.family), "route", verb, ...wordsOf(routeAttributes, route), ...(proto === 0 ? [] : ["proto", proto])].join(" ");

/** Metric 0 is a wildcard in a delete for IPv6 and means "any" for IPv4: the metric is always said. */
const metricOf = (route: Route): number => route.metric ?? defaultMetric[route.family];

function deletion(route: Route, proto: number): Step {
  const { scope: _scope, src: _src, onlink: _onlink, metric: _metric, ...key } = route;
  return [channelOf(route.family), "route del", ...wordsOf(routeAttributes, key), "metric", metricOf(route), "proto", proto].join(" ");
}

/** Deleting at IPv4 metric 0 a second time would take another metric's route: only while one is shown. */
function guardedDeletion(route: Route, proto: number): Step[] {
  const step = deletion(route, proto);
  if (route.family === "inet6" || metricOf(route) !== 0) return [step];
  const shown = wordsOf(routeAttributes, { family: route.family, destination: route.destination, table: route.table }).join(" ");
  return [`4 when route show exact ${shown} proto ${proto} metric 0`, step];
}

function ensure(route: Route, state: State, { id, stack, tags, adopt }: Mandate): Plan {
  const key = routeKey(route);
  const at = routesAt(state, key);
  const [current, ...others] = at;
  const owner = state.register.entries.get(key);
  const own = owner?.id === id ? [] : [ownLine(key, { id, stack })];
  if (current === undefined)
    return { keys: [key], steps: [command("add", route, tags.owner)], undo: guardedDeletion(route, tags.owner), register: own, notes: [] };
  if (others.length > 0)
    throw new PolicyRoutingError("conflict", {
      object: key,
      what: `${at.length} routes stand at this key: ${at.map(({ route: one, protocol }) => `${describe(one)} proto ${protocol}`).join("; ")}`,
      next: "remove them on the host, or choose another metric",
    });
  const foreign = current.protocol !== tags.owner;
  const ofAnotherStack = !foreign && owner !== undefined && owner.id !== id && owner.stack !== stack;
  if (foreign && !adopt)
    throw new PolicyRoutingError("conflict", {
      object: key,
      what: `a foreign route stands at this key: ${describe(current.route)}, proto ${current.protocol}`,
      next: "set adopt: true to take it over, remove it on the host, or choose another metric",
    });
  if (ofAnotherStack && !adopt)
    throw new PolicyRoutingError("conflict", {
      object: key,
      what: `belongs to ${owner.id} of stack ${owner.stack}`,
      next: "choose another metric, remove it there, or set adopt: true to take it over",
    });
  if (current.unread.length > 0 && foreign)
    throw new PolicyRoutingError("conflict", {
      object: key,
      what: `the foreign route has attributes that could not be put back: ${current.unread.join(", ")}`,
      next: "remove it on the host first",
    });
  const notes = foreign
    ? [`took over ${describe(current.route)} (proto ${current.protocol})`]
    : ofAnotherStack
      ? [`taken over from ${owner.id} of stack ${owner.stack}`]
      : owner === undefined
        ? ["was there with our tag and in nobody's name: taken over"]
        : [];
  if (!foreign && same(routeAttributes, route, current.route) && current.unread.length === 0)
    return { keys: [key], steps: [], undo: [], register: own, notes };
  return {
    keys: [key],
    steps: [command("replace", route, tags.owner)],
    undo: [command("replace", current.route, current.protocol)],
    register: own,
    notes,
  };
}

function remove(key: string, state: State, { id, tags }: Mandate): Plan {
  if (state.register.entries.get(key)?.id !== id) return emptyPlan([key]);
  const ours = routesAt(state, key).filter(({ protocol }) => protocol === tags.owner);
  return {
    keys: [key],
    steps: ours.map(({ route, protocol }) => deletion(route, protocol)),
    undo: ours.map(({ route, protocol }) => command("replace", route, protocol)),
    register: [key],
    notes: [],
  };
}

export function describe(route: Route): string {
  return ["ip", `-${channelOf(route.family)}`, "route", ...wordsOf(routeAttributes, route)].join(" ");
}

export function wantedRoute(route: Route): Wanted {
  const key = routeKey(route);
  const ours = (state: State, tags: Tags): ObservedRoute[] => routesAt(state, key).filter(({ protocol }) => protocol === tags.owner);
  return {
    key,
    label: describe(route),
    stage: stageOf(route),
    ensure: (state, mandate) => ensure(route, state, mandate),
    missing: (state, tags) => {
      const [current, ...others] = ours(state, tags);
      if (current === undefined) return "is not there";
      if (others.length > 0) return `is there ${others.length + 1} times`;
      return current.unread.length === 0 && same(routeAttributes, route, current.route)
        ? undefined
        : `is ${describe(current.route)}${current.unread.length > 0 ? ` with ${current.unread.join(", ")}` : ""}`;
    },
    read: (state, tags, id) => {
      const [current] = ours(state, tags);
      const owner = state.register.entries.get(key);
      return current === undefined || (owner !== undefined && owner.id !== id) ? undefined : asAsked(routeAttributes, route, current.route);
    },
  };
}

/** The route of a register's key; undefined when the key is none. What is deleted there is read from the host. */
export function unwantedRoute(key: string, state: State): Unwanted | undefined {
  if (!key.startsWith("route ")) return undefined;
  return {
    key,
    stage: stageOf(routesAt(state, key)[0]?.route ?? {}),
    remove: (now, mandate) => remove(key, now, mandate),
    remains: (now, tags) => {
      const left = routesAt(now, key).find(({ protocol }) => protocol === tags.owner);
      return left === undefined ? undefined : describe(left.route);
    },
  };
}
