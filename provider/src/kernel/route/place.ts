import { type ObservedRoute, routesAt, type State, tagsIn } from "../observed/state";
import type { Mandate } from "../plan/change";
import { type AtKey, type Claimant, isOurs, type Title, titlesAt } from "../plan/ownership";

export type Place = AtKey<ObservedRoute>;

export function placeOf(key: string, state: State, claimant: Claimant & Pick<Mandate, "stack">): Place {
  const all = routesAt(state, key);
  const titles = titlesOf(key, all, state, claimant);
  const ours = all.filter(({ protocol }) => isOurs(titles, protocol, claimant));
  return { titles, all, ours, foreign: all.filter((one) => !ours.includes(one)) };
}

export const titlesOf = (key: string, all: readonly ObservedRoute[], state: State, claimant: Claimant): readonly Title[] =>
  titlesAt(state.register, key, tagsIn(all), claimant);
