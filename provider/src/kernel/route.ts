import { PolicyRoutingError } from "../errors";
import { parseRegisterKey, routeKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { routeAttributes } from "../spec/route/attributes";
import { defaultMetric } from "../spec/route/key";
import type { Route } from "../spec/route/route";
import { channelOf, emptyPlan, isRemovable, type Mandate, type Plan, type Step, type Unwanted, type Wanted } from "./change";
import { needsOf } from "./gate";
import {
  type Claimant,
  isOurs,
  notesOf,
  ofWhom,
  owningLines,
  protoAt,
  protoFor,
  type Title,
  takesFrom,
  titleOf,
  titlesAt,
} from "./ownership";
import type { Entry } from "./register";
import { type ObservedRoute, routesAt, type State } from "./state";
import { asAsked, fades, fadingOf, same, wordsOf } from "./words";

/** A gateway is looked up when its route is added: the routes on the link come first. */
const stageOf = (route: Pick<Route, "via">): number => (route.via === undefined ? 20 : 30);

const command = (verb: "add" | "replace", route: Route, proto: number): Step =>
  [channelOf(route.family), "route", verb, ...wordsOf(routeAttributes, route, proto === 0 ? [] : ["proto", String(proto)])].join(" ");

/** Metric 0 is a wildcard in a delete for IPv6 and means "any" for IPv4: the metric is always said. */
const metricOf = (route: Route): number => route.metric ?? defaultMetric[route.family];

/**
 * What names the route to delete. A scope that differs from the default is said: for types other than unicast, `ip` takes the default
 * where none is given.
 */
export function namedForDeletion({ family, type, destination, from, tos, via, dev, table, scope, nhid, nexthops, metric }: Route) {
  return { family, type, destination, from, tos, via, dev, table, scope, nhid, nexthops, metric };
}

function deletion(route: Route, proto: number): Step {
  const named = { ...namedForDeletion(route), metric: undefined };
  const tag = ["metric", String(route.metric ?? defaultMetric[route.family]), "proto", String(proto)];
  return [channelOf(route.family), "route del", ...wordsOf(routeAttributes, named, tag)].join(" ");
}

/**
 * Where there is nothing to delete, two commands take another route: at IPv4 metric 0 that of another metric, and for an IPv6 `from`
 * that of any source. These are run only while the route is shown.
 */
function guardedDeletion(route: Route, proto: number): Step[] {
  const step = deletion(route, proto);
  const metric = metricOf(route);
  if (route.family === "inet6" ? route.from === undefined : metric !== 0) return [step];
  const { family, destination, from, table } = route;
  const tos = family === "inet" ? (route.tos ?? "0x0") : undefined; // left out, every one would be shown
  const shown = wordsOf(routeAttributes, { family, destination, from, tos, table }).join(" ");
  return [`${channelOf(family)} when route show exact ${shown} proto ${proto} metric ${metric}`, step];
}

const conflict = (key: string, what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { object: key, what, next });

/** What stands at a key, and the lines of the register about it. */
interface Place {
  readonly all: readonly ObservedRoute[];
  readonly titles: readonly Title[];
}

function placeOf(key: string, state: State, claimant: Claimant): Place {
  const all = routesAt(state, key);
  return { all, titles: titlesAt(state.register, key, tagsIn(all), claimant) };
}

const tagsIn = (routes: readonly ObservedRoute[]): number[] => routes.map(({ protocol }) => protocol);

/** The one route at the key, which may be replaced; undefined when there is none. Throws when it must stay as it is. */
function replaceable(key: string, { all, titles }: Place, mandate: Mandate): ObservedRoute | undefined {
  const [current] = all;
  if (current === undefined) return undefined;
  const shown = (): string =>
    all.map(({ route, protocol }) => `${describe(route)} proto ${protocol}${ofWhom(titleOf(titles, protocol))}`).join("; ");
  if (all.length > 1)
    throw conflict(key, `${all.length} routes stand at this key: ${shown()}`, "remove them on the host, or choose another metric");
  const title = titleOf(titles, current.protocol);
  if (isOurs(titles, current.protocol, mandate)) return current;
  if (!mandate.adopt)
    throw title !== undefined
      ? conflict(
          key,
          `belongs to ${title.entry.id} of stack ${title.entry.stack}`,
          "choose another metric, remove it there, or set adopt: true to take it over",
        )
      : conflict(
          key,
          `a foreign route stands at this key: ${shown()}`,
          "set adopt: true to take it over, remove it on the host, or choose another metric",
        );
  if (current.unread.length > 0 && current.protocol !== mandate.tags.owner)
    throw conflict(
      key,
      `the foreign route has attributes that could not be put back: ${current.unread.join(", ")}`,
      "remove it on the host first",
    );
  return current;
}

function ensure(route: Route, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  const key = routeKey(route);
  const place = placeOf(key, state, mandate);
  const current = replaceable(key, place, mandate);
  const title = current === undefined ? undefined : titleOf(place.titles, current.protocol);
  const plan = {
    keys: [key],
    register: owningLines(place.titles, key, mandate, [title]),
    becomes: [{ key, rules: [], routes: [{ route, protocol: tags.owner, unread: [] }] }],
    takes: takesFrom(title, key, mandate),
  };
  if (current === undefined)
    return { ...plan, steps: [command("add", route, tags.owner)], undo: guardedDeletion(route, tags.owner), notes: [] };
  const notes = notesOf(() => describe(current.route), current.protocol, place.titles, mandate);
  if (
    current.protocol === tags.owner &&
    mandate.renew?.has(key) !== true &&
    current.unread.length === 0 &&
    same(routeAttributes, route, current.route)
  )
    return { ...plan, steps: [], undo: [], becomes: [], notes };
  const undo = [command("replace", current.route, current.protocol)];
  return { ...plan, steps: [command("replace", route, tags.owner)], undo, notes };
}

function remove(at: string, key: string, gone: number | undefined, state: State, mandate: Mandate): Plan {
  if (!isRemovable(state.register.entries.get(at), mandate)) return emptyPlan([key]);
  const going = routesAt(state, key).filter(({ protocol }) => protocol === gone);
  const left = routesAt(state, key).filter(({ protocol }) => protocol !== gone);
  return {
    keys: [key],
    steps: going.map(({ route, protocol }) => deletion(route, protocol)),
    undo: going.map(({ route, protocol }) => command("add", route, protocol)),
    register: [at],
    becomes: going.length === 0 ? [] : [{ key, rules: [], routes: left }],
    notes: [],
  };
}

export function describe(route: Route): string {
  return ["ip", `-${channelOf(route.family)}`, "route", ...wordsOf(routeAttributes, route)].join(" ");
}

export function wantedRoute(route: Route): Wanted {
  const key = routeKey(route);
  const ours = (state: State, tags: Tags): ObservedRoute[] => routesAt(state, key).filter(({ protocol }) => protocol === tags.owner);
  const holder = (state: State, tags: Tags, id: string): Entry | undefined =>
    titleOf(placeOf(key, state, { id, tags }).titles, tags.owner)?.entry;
  return {
    key,
    label: describe(route),
    family: route.family,
    needs: needsOf(routeAttributes, route),
    fading: fadingOf(routeAttributes, route),
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
    stored: (tags) =>
      fades(routeAttributes, route) ? { otherwise: "no: its lifetime ends by itself" } : command("add", route, tags.owner),
    read: (state, tags, id) => {
      const { all, titles } = placeOf(key, state, { id, tags });
      const proto = protoFor(titles, tagsIn(all), { id, tags });
      const current = all.find(({ protocol }) => protocol === proto);
      return current === undefined ? undefined : asAsked(routeAttributes, route, current.route);
    },
    holder,
  };
}

/** The route of a register's key; undefined when the key is none. What is deleted there is read from the host. */
export function unwantedRoute(at: string, state: State, claimant: Claimant): Unwanted | undefined {
  const { key } = parseRegisterKey(at);
  if (!key.startsWith("route ")) return undefined;
  const there = routesAt(state, key);
  const gone = protoAt(at, state.register, tagsIn(there), claimant);
  return {
    key,
    stage: stageOf(there.find(({ protocol }) => protocol === gone)?.route ?? {}),
    remove: (now, mandate) => remove(at, key, gone, now, mandate),
    remains: (now) => {
      const left = routesAt(now, key).find(({ protocol }) => protocol === gone);
      return left === undefined ? undefined : describe(left.route);
    },
  };
}
