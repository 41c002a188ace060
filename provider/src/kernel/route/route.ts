import { routeKey } from "../../declaration/key";
import type { Tags } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { routeAttributes } from "../../declaration/route/attributes";
import { type DeclaredRoute, gatewayDevice, literalRoute } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import { type ObservedRoute, routesAt, type State, tagsIn } from "../observed/state";
import { withUnread } from "../plan/adoption";
import { emptyPlan, isRemovable, type Mandate, type Note, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { needsOf } from "../plan/gate";
import { type Claimant, notesOf, owningLines, protoAt, protoFor, takesFrom, titleOf } from "../plan/ownership";
import type { Entry } from "../plan/register";
import { routeBefore } from "../rule/before";
import { asAsked, fades, fadingOf, same } from "../words";
import { adoptable, beside, removedHops, standsInTheWay } from "./adoption";
import { exchangeOf } from "./exchange";
import { followingRoute } from "./followed";
import { goneAt } from "./gone";
import { hopsOf } from "./hop";
import { placeOf, titlesOf } from "./place";
import { command, describe, guardedDeletion } from "./steps";

export { describe, namedForDeletion } from "./steps";

/** A gateway is looked up when its route is added: the routes on the link come first. */
const stageOf = (route: Pick<Route, "via">): number => (route.via === undefined ? 20 : 30);

function ensure(route: Route, more: string | undefined, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  const key = routeKey(route);
  const place = placeOf(key, state, mandate);
  const adopted = adoptable(key, route, place, mandate);
  // What becomes ours by being replaced: ours, else the first that is taken over.
  const held = place.ours[0] ?? adopted[0];
  const ours = { route, protocol: tags.owner, unread: [] };
  const planWith = (taken: readonly ObservedRoute[]) => {
    const titles = [...place.ours, ...taken].map(({ protocol }) => titleOf(place.titles, protocol));
    return {
      keys: [key],
      register: owningLines(place.titles, key, mandate, titles, [], more),
      becomes: [{ key, routes: [ours] }],
      takes: titles.flatMap((title) => takesFrom(title, key, mandate)),
    };
  };
  if (held === undefined)
    return { ...planWith([]), steps: [command("add", route, tags.owner)], undo: [guardedDeletion(route, tags.owner)], notes: [] };
  const changed = mandate.renew?.has(key) === true || !isRight(route, held, tags.owner);
  // What cannot be taken away stays beside ours.
  const [exchange] = (place.ours.length === 0 ? [adopted] : [adopted, []]).flatMap(
    (some) => exchangeOf(route, place.all, held, some, changed, tags.owner) ?? [],
  );
  if (place.ours.length > 1 || exchange === undefined) throw standsInTheWay(key, place);
  const { taken, steps, undo, before } = exchange;
  const left = place.foreign.filter((one) => !taken.includes(one));
  const notes = [held, ...taken.filter((one) => one !== held)].flatMap((one) =>
    notesOf(() => describe(one.route), one.protocol, place.titles, mandate, { kind: "route", is: one.route }).map((note) =>
      one === held && place.foreign.includes(one) && !isRight(route, one, one.protocol) ? becoming(note, describe(route)) : note,
    ),
  );
  notes.push(...beside(place, left, !before));
  if (steps.length === 0) return { ...planWith(taken), steps, undo, becomes: [], notes };
  if (changed && place.ours.length > 0) notes.push(...removedHops(key, route, held.route, mandate));
  const now = changed ? ours : held;
  return { ...planWith(taken), steps, undo, becomes: [{ key, routes: before ? [...left, now] : [now, ...left] }], notes };
}

const becoming = ({ will, did, ...note }: Note, what: string): Note => ({
  ...note,
  will: `${will}, which becomes ${what}`,
  did: `${did}, which becomes ${what}`,
});

const isRight = (route: Route, { route: current, protocol, unread }: ObservedRoute, proto: number): boolean =>
  protocol === proto && unread.length === 0 && same(routeAttributes, route, current);

function remove(at: string, key: string, gone: number | undefined, state: State, mandate: Mandate): Plan {
  if (!isRemovable(state.register.entries.get(at), mandate)) return emptyPlan([key]);
  return { keys: [key], ...goneAt(key, gone, state, mandate), register: [{ at }], notes: [] };
}

export function wantedRoute(route: DeclaredRoute): Wanted {
  const literal = literalRoute(route);
  return literal === undefined ? followingRoute(route, gatewayDevice(route) ?? "", wantedLiteral) : wantedLiteral(literal);
}

/** `more` is what the register says of it beside its owner. */
function wantedLiteral(route: Route, more?: string): Wanted {
  const key = routeKey(route);
  const ours = (state: State, tags: Tags): ObservedRoute[] => routesAt(state, key).filter(({ protocol }) => protocol === tags.owner);
  const holder = (state: State, tags: Tags, id: string): Entry | undefined =>
    titleOf(titlesOf(key, routesAt(state, key), state, { id, tags }), tags.owner)?.entry;
  return {
    key,
    label: describe(route),
    family: route.family,
    needs: needsOf(routeAttributes, route),
    fading: fadingOf(routeAttributes, route),
    stage: stageOf(route),
    hops: hopsOf(route),
    ensure: (state, mandate) => ensure(route, more, state, mandate),
    missing: (state, tags) => {
      const [current, ...others] = ours(state, tags);
      if (current === undefined) return "is not there";
      if (others.length > 0) return `is there ${others.length + 1} times`;
      return current.unread.length === 0 && same(routeAttributes, route, current.route)
        ? undefined
        : `is ${withUnread(describe(current.route), current.unread)}`;
    },
    stored: (tags) =>
      fades(routeAttributes, route) ? { otherwise: "no: its lifetime ends by itself" } : [command("add", route, tags.owner)],
    read: (state, tags, id) => {
      const all = routesAt(state, key);
      const proto = protoFor(titlesOf(key, all, state, { id, tags }), tagsIn(all), { id, tags });
      const current = all.find(({ protocol }) => protocol === proto);
      return current === undefined ? undefined : asAsked(routeAttributes, route, current.route);
    },
    before: (state, tags) => routeBefore(route, state, tags),
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
