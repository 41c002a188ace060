import type { Route } from "../../declaration/route/route";

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
