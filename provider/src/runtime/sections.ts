import { type Look, lookAtDestination, lookAtNames, lookAtNexthops, lookAtRules } from "../host/look";
import { wantedName } from "../kernel/name";
import { wantedNexthop } from "../kernel/nexthop";
import { wantedRoute } from "../kernel/route";
import { wantedRule } from "../kernel/rule";
import type { Adopt } from "../spec/adopt";
import { nexthopKind } from "../spec/nexthop/kind";
import { routeKind } from "../spec/route/kind";
import { hasLock } from "../spec/route/metrics";
import type { Route } from "../spec/route/route";
import { ruleKind } from "../spec/rule/kind";
import { tableKind } from "../spec/table/kind";
import { sectionOf } from "./section";

/** With its locks where it has some, or where it may take over one that has. */
const lookAtRoute = (route: Route, adopt: Adopt): Look => lookAtDestination(route, adopt !== false || hasLock(route));

/** What each kind of entry is on hosts: in the order of `spec/entryKinds`. */
export const sections = {
  tables: sectionOf(tableKind, { place: ({ tableId }) => `table/${tableId}`, wanted: wantedName, look: () => lookAtNames }),
  nexthops: sectionOf(nexthopKind, {
    place: ({ nhid }) => `nexthop/${nhid}`,
    wanted: wantedNexthop,
    look: ({ nhid }) => lookAtNexthops([nhid]),
  }),
  routes: sectionOf(routeKind, {
    place: ({ family, table, destination }) => `route/${family}/${table}/${destination}`,
    wanted: wantedRoute,
    look: lookAtRoute,
  }),
  rules: sectionOf(ruleKind, {
    place: ({ family, priority }) => `rule/${family}/${priority}`,
    wanted: wantedRule,
    look: ({ family }) => lookAtRules(family),
  }),
};
