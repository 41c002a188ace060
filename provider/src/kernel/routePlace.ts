import type { Route } from "../spec/route/route";
import type { Mandate } from "./change";
import { type Claimant, isOurs, type Title, titlesAt } from "./ownership";
import { type ObservedRoute, routesAt, type State } from "./state";

/** What stands at a route's key, in the order in which the kernel tries it, and the lines of the register about it. */
export interface Place {
  readonly titles: readonly Title[];
  readonly all: readonly ObservedRoute[];
  readonly ours: readonly ObservedRoute[];
  readonly foreign: readonly ObservedRoute[];
}

export function placeOf(key: string, state: State, claimant: Claimant & Pick<Mandate, "stack">): Place {
  const all = routesAt(state, key);
  const titles = titlesOf(key, all, state, claimant);
  const ours = all.filter(({ protocol }) => isOurs(titles, protocol, claimant));
  return { titles, all, ours, foreign: all.filter((one) => !ours.includes(one)) };
}

export const titlesOf = (key: string, all: readonly ObservedRoute[], state: State, claimant: Claimant): readonly Title[] =>
  titlesAt(state.register, key, tagsIn(all), claimant);

export const tagsIn = (routes: readonly ObservedRoute[]): number[] => routes.map(({ protocol }) => protocol);

/** One next hop of a route. */
export interface Hop {
  readonly via?: string | undefined;
  readonly dev?: string | undefined;
}

export const hopsOf = ({ via, dev, nexthops }: Pick<Route, "via" | "dev" | "nexthops">): readonly Hop[] => nexthops ?? [{ via, dev }];

const isSame = (declared: Hop, seen: Hop): boolean =>
  declared.via === seen.via && (declared.dev === undefined || declared.dev === seen.dev);

/**
 * Next hops that somebody added to an IPv6 route of ours: the kernel keeps them as one route, shows it under the first one's tag, and replaces
 * or deletes it whole. `declared` are all that the program asks for or asked for until now.
 */
export function addedHops({ family, ...route }: Route, declared: readonly Hop[]): readonly Hop[] {
  if (family !== "inet6" || route.nexthops === undefined) return [];
  return route.nexthops.filter((hop) => !declared.some((one) => isSame(one, hop)));
}

export const printHop = ({ via, dev }: Hop): string =>
  [...(via === undefined ? [] : [`via ${via}`]), ...(dev === undefined ? [] : [`dev ${dev}`])].join(" ");
