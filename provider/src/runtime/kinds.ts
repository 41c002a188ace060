import { PolicyRoutingError } from "../errors";
import { lookAtNames, lookAtNexthops, lookAtTable, nothingMore } from "../host/look";
import { wantedName } from "../kernel/name";
import { wantedNexthop } from "../kernel/nexthop";
import { wantedRoute } from "../kernel/route";
import { wantedRule } from "../kernel/rule";
import type { Values } from "../spec/attribute";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { type Nexthop, settleNexthop } from "../spec/nexthop/nexthop";
import { routeAttributes } from "../spec/route/attributes";
import { type Route, settleRoute } from "../spec/route/route";
import { type RoutingTableValues, routingTableAttributes, settleRoutingTable } from "../spec/routingTable";
import { type Rule, ruleAttributes, settleRule } from "../spec/rule/rule";
import { defineKind, type Kind } from "./kind";

const incomplete = (): PolicyRoutingError => new PolicyRoutingError("bug", { what: "a value that the checks require is missing" });

function ruleOf(values: Values<typeof ruleAttributes>): Rule {
  const { family, priority } = values;
  if (family === undefined || priority === undefined) throw incomplete();
  return { ...values, family, priority };
}

function routeOf(values: Values<typeof routeAttributes>): Route {
  const { family, destination, table } = values;
  if (family === undefined || destination === undefined || table === undefined) throw incomplete();
  return { ...values, family, destination, table };
}

function nexthopOf(values: Values<typeof nexthopAttributes>): Nexthop {
  const { nhid } = values;
  if (nhid === undefined) throw incomplete();
  return { ...values, nhid };
}

function nameOf({ tableId, name }: RoutingTableValues): { tableId: number; name: string } {
  if (tableId === undefined || name === undefined) throw incomplete();
  return { tableId, name };
}

export const kinds: readonly Kind[] = [
  defineKind({
    name: "PolicyRule",
    fields: ruleAttributes,
    across: settleRule,
    place: (values) => `rule/${values.family}/${values.priority}`,
    wanted: (values) => [wantedRule(ruleOf(values))],
    look: () => nothingMore,
  }),
  defineKind({
    name: "PolicyRoute",
    fields: routeAttributes,
    across: settleRoute,
    place: (values) => `route/${values.family}/${values.table}/${values.destination}`,
    wanted: (values) => [wantedRoute(routeOf(values))],
    look: (values) => {
      const { family, table, mtuLock, cwndLock, congctlLock } = routeOf(values);
      return lookAtTable(family, table, mtuLock === true || cwndLock === true || congctlLock === true);
    },
  }),
  defineKind({
    name: "NextHop",
    fields: nexthopAttributes,
    across: settleNexthop,
    place: (values) => `nexthop/${values.nhid}`,
    wanted: (values) => [wantedNexthop(nexthopOf(values))],
    look: () => lookAtNexthops,
  }),
  defineKind({
    name: "RoutingTable",
    fields: routingTableAttributes,
    across: settleRoutingTable,
    place: (values) => `table/${values.tableId}`,
    wanted: (values) => [wantedName(nameOf(values))],
    look: () => lookAtNames,
  }),
];

export function kindOf(name: string): Kind {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined)
    throw new PolicyRoutingError("bug", {
      what: `there is no resource kind ${name}`,
      next: "update pulumi-policy-routing: a newer version made this state",
    });
  return kind;
}
