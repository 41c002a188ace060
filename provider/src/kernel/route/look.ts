import { parsePrefix } from "../../declaration/address";
import type { Adopt } from "../../declaration/adopt";
import type { Family } from "../../declaration/family";
import { type DeclaredRoute, gatewayDevice } from "../../declaration/route/declaredRoute";
import { hasLock } from "../../declaration/route/metrics";
import type { Route } from "../../declaration/route/route";
import { type Look, lookAtDestination, lookAtWays, nothingMore, together } from "../observed/look";
import { isLookedAt } from "../observed/tableLook";

/** With its locks where it has some, or where it may take over one that has. */
export function lookAtRoute(route: DeclaredRoute, adopt: Adopt): Look {
  const look = lookAtDestination(route, adopt !== false || hasLock(route));
  return gatewayDevice(route) === undefined ? look : together([look, lookAtWays(route.family)]);
}

/** Of a key such as `route inet table 100 default`. A host may say anything: it goes back into a text that it runs. */
function destinationAt(key: string): Pick<Route, "family" | "table" | "destination"> | undefined {
  const [, inet, table, destination = ""] = /^route (inet6?) table ([0-9]{1,10}|main|default|local) (\S+)/.exec(key) ?? [];
  if (table === undefined || (destination !== "default" && parsePrefix(destination) === undefined)) return undefined;
  const family: Family = inet === "inet6" ? "inet6" : "inet";
  return {
    family,
    table: table === "main" || table === "default" || table === "local" ? table : Number(table),
    destination,
  };
}

export function lookAtRouteKey(key: string): Look {
  const route = destinationAt(key);
  return route === undefined ? nothingMore : lookAtDestination(route);
}

export function isRouteShown(key: string, seen: Look): boolean {
  const route = destinationAt(key);
  return route !== undefined && isLookedAt(seen.routes, route);
}
