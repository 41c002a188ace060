import type { Route } from "./route/route";
import type { Rule } from "./rule/rule";

/**
 * What makes two declarations the same object on a host, in words that a person on the host can read. Register, plan, ids, duplicates and
 * comparison all use these.
 */

/** One declared rule per family and priority; in the kernel that may be a set of them. */
export const ruleKey = ({ family, priority }: Pick<Rule, "family" | "priority">): string => `rule ${family} ${priority}`;

/** The kernel's key of a route: proto, gateway, device and source address are not in it. */
export function routeKey({
  family,
  table,
  destination,
  from,
  tos,
  metric,
}: Pick<Route, "family" | "table" | "destination" | "from" | "tos" | "metric">): string {
  return [
    `route ${family}`,
    `table ${table}`,
    destination,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(tos === undefined ? [] : [`tos ${tos}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
  ].join(" ");
}

/** Next hop objects are numbered without regard to families. */
export const nexthopKey = (nhid: number): string => `nexthop ${nhid}`;

export const tableKey = (tableId: number): string => `table ${tableId}`;
