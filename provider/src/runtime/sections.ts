import type { Adopt } from "../declaration/adopt";
import { nexthopKind } from "../declaration/nexthop/kind";
import { type DeclaredRoute, gatewayDevice } from "../declaration/route/declaredRoute";
import { routeKind } from "../declaration/route/kind";
import { hasLock } from "../declaration/route/metrics";
import { ruleKind } from "../declaration/rule/kind";
import { deviceOf, type RuleSet } from "../declaration/rule/ruleSet";
import { tableKind } from "../declaration/table/kind";
import {
  type Look,
  lookAtDestination,
  lookAtNames,
  lookAtNexthops,
  lookAtRules,
  lookAtUplinks,
  lookAtWays,
  together,
} from "../host/reading/look";
import { wantedNexthop } from "../kernel/nexthop/nexthop";
import { wantedRoute } from "../kernel/route/route";
import { wantedRule } from "../kernel/rule/rule";
import { wantedName } from "../kernel/table/name";
import { sectionOf } from "./section";

/** With its locks where it has some, or where it may take over one that has. */
const lookAtRoute = (route: DeclaredRoute, adopt: Adopt): Look => {
  const look = lookAtDestination(route, adopt !== false || hasLock(route));
  return gatewayDevice(route) === undefined ? look : together([look, lookAtWays(route.family)]);
};

const lookAtRule = (rule: RuleSet): Look =>
  deviceOf(rule) === undefined ? lookAtRules(rule.family) : together([lookAtRules(rule.family), lookAtUplinks]);

/** What each kind of entry is on hosts: in the order of `declaration/entryKinds`. */
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
    look: lookAtRule,
  }),
};
