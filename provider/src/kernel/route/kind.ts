import { parsePrefix } from "../../declaration/address";
import { families } from "../../declaration/family";
import { followingGateway } from "../../declaration/followed";
import { routeKey } from "../../declaration/key";
import { type DeclaredRoute, declaredRouteAttributes } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import { tableSchema } from "../../declaration/tableNumber";
import { type EntryOnHosts, type Seen, withTag } from "../observed/kind";
import { become, lookedAtAgain } from "../observed/lists";
import { lookAtDestination } from "../observed/look";
import { type ObservedRoute, routesAt, tagsIn } from "../observed/state";
import { same } from "../words";
import { following } from "./followed";
import { routeBack, takenRoutes } from "./givenBack";
import { isRouteShown, lookAtRoute, lookAtRouteKey } from "./look";
import { unwantedRoute, wantedRoute } from "./route";
import { describe } from "./steps";

/** Many stand on a host, and of most only a key is asked. */
class SeenRoute implements Seen {
  readonly key: string;
  readonly protocol: number;
  readonly values: Route;
  readonly found: Route;
  readonly unread: readonly string[];

  constructor({ route, protocol, unread }: ObservedRoute) {
    this.key = routeKey(route);
    this.protocol = protocol;
    this.values = route;
    this.found = route;
    this.unread = unread;
  }

  print(): string {
    return withTag(describe(this.values), this);
  }
}

const keyOf = ({ route }: ObservedRoute): string => routeKey(route);

function imported([family = "", table = "", ...rest]: readonly string[]): ReturnType<EntryOnHosts<DeclaredRoute>["imported"]> {
  const known = families.find((one) => one === family);
  const number = tableSchema.safeParse(/^[0-9]{1,10}$/.test(table) ? Number(table) : table);
  const destination = rest.join("/");
  if (known === undefined || !number.success || (destination !== "default" && parsePrefix(destination) === undefined)) return undefined;
  const route = { family: known, table: number.data, destination };
  return { key: routeKey(route), look: lookAtDestination(route, true) };
}

export const routes: EntryOnHosts<DeclaredRoute> = {
  word: "route",
  wanted: wantedRoute,
  look: lookAtRoute,
  lookAt: lookAtRouteKey,
  isShown: isRouteShown,
  imported,
  seen: (state) => state.routes.map((one) => new SeenRoute(one)),
  tagsAt: (state, key) => tagsIn(routesAt(state, key)),
  following,
  takenAt: takenRoutes,
  givenBack: routeBack,
  unwanted: unwantedRoute,
  after: (state, { becomes }) => ({ routes: become(state.routes, keyOf, becomes, (one) => one.routes) }),
  again: (first, second, keys) => ({ routes: lookedAtAgain(first.routes, second.routes, keyOf, keys) }),
  own: ({ key, tag, device }, state) => {
    const route = routesAt(state, key).find(({ protocol }) => protocol === tag)?.route;
    return route === undefined || device === undefined ? route : followingGateway(route, device);
  },
  says: (asked, observed) => same(declaredRouteAttributes, asked, observed),
  held: {
    as: (route) => ({ route }),
    of: (object) => ("route" in object ? object.route : undefined),
  },
};
