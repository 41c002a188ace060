import { PolicyRoutingError } from "../errors";
import { lookAtNames, lookAtNexthops, lookAtRules } from "../host/look";
import { wantedName } from "../kernel/name";
import { wantedNexthop } from "../kernel/nexthop";
import { wantedRoute } from "../kernel/route";
import { wantedRule } from "../kernel/rule";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { settleNexthop } from "../spec/nexthop/nexthop";
import { routeAttributes } from "../spec/route/attributes";
import { settleRoute } from "../spec/route/route";
import { routingTableAttributes, settleRoutingTable } from "../spec/routingTable";
import { ruleAttributes, settleRule } from "../spec/rule/rule";
import { hostRouting } from "./hostRouting";
import { defineKind, type Kind } from "./kind";
import { lookAtRoute, nameOf, nexthopOf, routeOf, ruleOf } from "./objects";

export const kinds: readonly Kind[] = [
  defineKind({
    name: "PolicyRule",
    fields: ruleAttributes,
    across: settleRule,
    place: (values) => `rule/${values.family}/${values.priority}`,
    wanted: (values) => [wantedRule(ruleOf(values))],
    look: (values) => lookAtRules(ruleOf(values).family),
  }),
  defineKind({
    name: "PolicyRoute",
    fields: routeAttributes,
    across: settleRoute,
    place: (values) => `route/${values.family}/${values.table}/${values.destination}`,
    wanted: (values) => [wantedRoute(routeOf(values))],
    look: (values, _tags, adopt) => lookAtRoute(routeOf(values), adopt),
  }),
  defineKind({
    name: "NextHop",
    fields: nexthopAttributes,
    across: settleNexthop,
    place: (values) => `nexthop/${values.nhid}`,
    wanted: (values) => [wantedNexthop(nexthopOf(values))],
    look: (values) => lookAtNexthops([nexthopOf(values).nhid]),
  }),
  defineKind({
    name: "RoutingTable",
    fields: routingTableAttributes,
    across: settleRoutingTable,
    place: (values) => `table/${values.tableId}`,
    wanted: (values) => [wantedName(nameOf(values))],
    look: () => lookAtNames,
  }),
  hostRouting,
];

export function kindOf(name: string): Kind {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined)
    throw new PolicyRoutingError("bug", {
      topic: "newer-version",
      what: `there is no resource kind ${name}`,
      next: "update pulumi-policy-routing: a newer version made this state",
    });
  return kind;
}
