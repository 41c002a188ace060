import { type ObservedRoute, routesAt, type State } from "../observed/state";
import type { Mandate } from "../plan/change";
import { type Claimant, isOurs, type Title, titlesAt } from "../plan/ownership";

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
