import { PolicyRoutingError } from "../errors";
import { type Look, lookAtDestination } from "../host/look";
import type { Adopt } from "../spec/adopt";
import type { Values } from "../spec/attribute";
import type { Entries } from "../spec/entries";
import type { nexthopAttributes } from "../spec/nexthop/attributes";
import type { Nexthop } from "../spec/nexthop/nexthop";
import type { routeAttributes } from "../spec/route/attributes";
import type { Route } from "../spec/route/route";
import type { NamedTable, RoutingTableValues } from "../spec/routingTable";
import type { Rule, ruleAttributes } from "../spec/rule/rule";

/** Values that the checks let pass, as the objects that they describe. */
const incomplete = (): PolicyRoutingError =>
  new PolicyRoutingError("bug", { topic: "bug", what: "a value that the checks require is missing" });

export function ruleOf(values: Values<typeof ruleAttributes>): Rule {
  const { family, priority } = values;
  if (family === undefined || priority === undefined) throw incomplete();
  return { ...values, family, priority };
}

export function routeOf(values: Values<typeof routeAttributes>): Route {
  const { family, destination, table } = values;
  if (family === undefined || destination === undefined || table === undefined) throw incomplete();
  return { ...values, family, destination, table };
}

export function nameOf({ tableId, name }: RoutingTableValues): NamedTable {
  if (tableId === undefined || name === undefined) throw incomplete();
  return { tableId, name };
}

export function nexthopOf(values: Values<typeof nexthopAttributes>): Nexthop {
  const { nhid } = values;
  if (nhid === undefined) throw incomplete();
  return { ...values, nhid };
}

/** Without what an entry says beside its object. */
export const objectsIn = <Values extends { adopt?: Adopt }>(entries: Entries<Values> | undefined): Omit<Values, "adopt">[] =>
  Object.values(entries ?? {}).map(({ adopt: _adopt, ...values }) => values);

/** Where a route is to be seen. With its locks where it has some, or where it may take over one that has. */
export const lookAtRoute = (route: Route, adopt: Adopt): Look =>
  lookAtDestination(route, adopt !== false || route.mtuLock === true || route.cwndLock === true || route.congctlLock === true);
