import { routeKey } from "../../declaration/key";
import { inOrder } from "../../declaration/route/nexthops";
import { PolicyRoutingError } from "../../errors";
import { type Pieces, piece } from "../observed/pieces";
import type { ObservedRoute } from "../observed/state";

/** No kernel has so many next hops in one route. */
const mostNexthops = 1024;

/** Older iproute2 shows the next hops of one IPv6 route as several routes at one key: here they are one. */
export function* withSiblings(routes: readonly ObservedRoute[]): Pieces<ObservedRoute[]> {
  const groups = new Map<string, ObservedRoute[]>();
  for (const [index, one] of routes.entries()) {
    const key = `${routeKey(one.route)} ${one.protocol}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
    if (index % piece === piece - 1) yield;
  }
  const joined: ObservedRoute[] = [];
  for (const [index, group] of [...groups.values()].entries()) {
    for (const one of joinedIn(group)) joined.push(one);
    if (index % piece === piece - 1) yield;
  }
  return joined;
}

function joinedIn(group: readonly ObservedRoute[]): readonly ObservedRoute[] {
  const [first] = group;
  if (first === undefined || group.length === 1 || !group.every(({ route }) => route.via !== undefined && route.nexthops === undefined))
    return group;
  if (group.length > mostNexthops)
    throw new PolicyRoutingError("protocol", {
      topic: "answer-not-understood",
      what: `the answer of ip holds ${group.length} next hops of one route`,
      object: routeKey(first.route),
    });
  const { encap: _encap, via: _via, dev: _dev, onlink: _onlink, ...route } = first.route;
  const nexthops = group.map(({ route: { encap, via, dev, onlink } }) => ({
    ...(encap === undefined ? {} : { encap }),
    ...(via === undefined ? {} : { via }),
    ...(dev === undefined ? {} : { dev }),
    ...(onlink === undefined ? {} : { onlink }),
  }));
  return [{ ...first, route: { ...route, nexthops: inOrder(nexthops) } }];
}
