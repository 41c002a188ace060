import { isDeepStrictEqual } from "node:util";
import { type Family, familyNames } from "../../declaration/family";
import { followingGateway } from "../../declaration/followed";
import { routeKey } from "../../declaration/key";
import type { Tags } from "../../declaration/owner";
import { type DeclaredRoute, declaredRouteAttributes, withGateway } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import { PolicyRoutingError } from "../../errors";
import type { Following } from "../observed/kind";
import { lookAtWays } from "../observed/look";
import { type ObservedRoute, routesAt, type State, tagsIn } from "../observed/state";
import { type Uplinks, wayBy } from "../observed/uplinks";
import { belongsToAnother } from "../plan/adoption";
import type { Mandate, Plan, Wanted } from "../plan/change";
import { followingWord, hasMoved, pendingFor } from "../plan/followed";
import { needsOf } from "../plan/gate";
import { isOurs, owningLines, protoFor, titleOf } from "../plan/ownership";
import { asAsked } from "../words";
import { goneAt } from "./gone";
import { placeOf, titlesOf } from "./place";
import { command, describe } from "./steps";

const familyAt = (key: string): Family => (key.startsWith("route inet6 ") ? "inet6" : "inet");

export const following: Following = {
  resolved: { via: undefined, onlink: undefined },
  changed: "another gateway",
  lookAt: (key) => lookAtWays(familyAt(key)),
  declared: (route, device, key) => ({ ...followingGateway(route, device), family: familyAt(key) }),
  isGone: (key, device, before, after) => hasMoved(before.uplinks, after.uplinks, familyAt(key), device),
};

/**
 * The route that a declared one is now; undefined while its device has no default route. What it had last, which is what stands, stays while it
 * has none.
 */
export function routeNow(route: DeclaredRoute, device: string, uplinks: Uplinks, standing: readonly Route[]): Route | undefined {
  const last = standing.find(({ dev }) => dev === device);
  const way = wayBy(uplinks, route.family, device) ?? (last === undefined ? undefined : { gateway: last.via });
  return way === undefined ? undefined : withGateway(route, device, way.gateway);
}

/** One that goes by the gateway that a device has. `make` makes what is wanted where that is said; `more` is what the register says of it. */
export function followingRoute(route: DeclaredRoute, device: string, make: (literal: Route, more: string) => Wanted): Wanted {
  const { family } = route;
  const key = routeKey(route);
  const more = followingWord(device);
  const under = (state: State, proto: number | undefined): ObservedRoute[] =>
    routesAt(state, key).filter(({ protocol }) => protocol === proto);
  const now = (uplinks: Uplinks | undefined, standing: readonly ObservedRoute[]): Route | undefined => {
    if (uplinks === undefined || !uplinks.ways.has(family))
      throw new PolicyRoutingError("bug", { topic: "bug", object: key, what: `the gateway of ${device} was not read` });
    return routeNow(
      route,
      device,
      uplinks,
      standing.map((one) => one.route),
    );
  };
  const pending = ({ uplinks }: State): string | undefined =>
    uplinks !== undefined && wayBy(uplinks, family, device) === undefined ? `${device} has no ${familyNames[family]} gateway` : undefined;
  const holder = (state: State, tags: Tags, id: string) =>
    titleOf(titlesOf(key, routesAt(state, key), state, { id, tags }), tags.owner)?.entry;
  return {
    key,
    label: describe(route),
    family,
    needs: needsOf(declaredRouteAttributes, route),
    stage: 30,
    follows: device,
    has: (uplinks) => {
      const way = wayBy(uplinks, family, device);
      return way === undefined ? [] : [way.gateway === undefined ? "a default route without a gateway" : `the gateway ${way.gateway}`];
    },
    pending,
    ensure: (state, mandate) => {
      const literal = now(state.uplinks, under(state, mandate.tags.owner));
      const plan = literal === undefined ? waiting(key, more, state, mandate) : make(literal, more).ensure(state, mandate);
      return pendingFor(pending(state), plan);
    },
    missing: (state, tags, uplinks = state.uplinks) => {
      const ours = under(state, tags.owner);
      const literal = now(uplinks, ours);
      const problem = literal === undefined ? undefined : make(literal, more).missing(state, tags);
      if (literal === undefined) return ours.length === 0 ? undefined : `is ${ours.map((one) => describe(one.route)).join("; ")}`;
      // With the last address of its device the kernel takes it away, and the host puts it back.
      return ours.length === 0 && hasMoved(uplinks, state.uplinks, family, device) ? undefined : problem;
    },
    stored: (tags) => [command("add", route, tags.owner)],
    read: (state, tags, id) => {
      const all = routesAt(state, key);
      const proto = protoFor(titlesOf(key, all, state, { id, tags }), tagsIn(all), { id, tags });
      const [current] = under(state, proto);
      const literal = now(state.uplinks, current === undefined ? [] : [current]);
      if (current === undefined) return literal === undefined && holder(state, tags, id)?.id === id ? { ...route } : undefined;
      const isNow =
        literal !== undefined && isDeepStrictEqual(wayOf(literal), wayOf(current.route)) && current.route.nexthops === undefined;
      const asked = literal ?? withGateway(route, device, undefined);
      return isNow
        ? asAsked(declaredRouteAttributes, route, followingGateway(current.route, device))
        : asAsked(declaredRouteAttributes, asked, current.route);
    },
    before: (state, tags) => {
      const literal = now(state.uplinks, under(state, tags.owner));
      return literal === undefined ? undefined : make(literal, more).before?.(state, tags);
    },
    holder,
  };
}

const wayOf = ({ via, dev, onlink }: Route) => ({ via, dev, onlink });

/** Nothing is known to go by: it is owned, and what of ours leads by another device goes. */
function waiting(key: string, more: string, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  const place = placeOf(key, state, mandate);
  const owner = titleOf(place.titles, tags.owner);
  if (owner !== undefined && !isOurs(place.titles, tags.owner, mandate)) throw belongsToAnother(key, owner.entry, "metric");
  return {
    keys: [key],
    ...goneAt(key, tags.owner, state, mandate),
    register: owningLines(place.titles, key, mandate, [owner], [], more),
    notes: [],
  };
}
