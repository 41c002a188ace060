import { entryFields } from "./adopt";
import { field, type Values } from "./attribute";
import { describedEntries, type Entries } from "./entries";
import { expectationsSchema } from "./expectation";
import type { Problem } from "./failures";
import { nexthopKey, routeKey, ruleKey, tableKey } from "./key";
import { nexthopAttributes } from "./nexthop/attributes";
import { type Nexthop, settleNexthop } from "./nexthop/nexthop";
import { flag } from "./number";
import { routeAttributes } from "./route/attributes";
import { type Route, settleRoute } from "./route/route";
import { routingTableAttributes, settleRoutingTable } from "./routingTable";
import { type Rule, ruleAttributes, settleRule } from "./rule/rule";
import { sysctlFields } from "./sysctl";
import { isUnknown } from "./unknown";

const orNone = <Value>(entries: Entries<Value>): Entries<Value> | undefined => (Object.keys(entries).length === 0 ? undefined : entries);

/** Everything about one host. Entries are keyed by labels; on the host they are matched by their kernel key. */
export const hostRoutingFields = {
  tables: field({
    schema: describedEntries({ ...routingTableAttributes, ...entryFields }, '{ tableId: 100, name: "rt2" }', settleRoutingTable),
    settle: orNone,
    partial: true,
    doc: "Names of routing tables, each with the fields of RoutingTable, and `adopt`.",
    absent: "none",
    example: { rt2: { tableId: 100, name: "rt2" } },
  }),
  nexthops: field({
    schema: describedEntries({ ...nexthopAttributes, ...entryFields }, '{ nhid: 1, via: "203.0.113.1", dev: "eth1" }', settleNexthop),
    settle: orNone,
    partial: true,
    doc: "Next hop objects and groups, each with the fields of NextHop, and `adopt`.",
    absent: "none",
    example: { isp1: { nhid: 1, via: "203.0.113.1", dev: "eth1" } },
  }),
  routes: field({
    schema: describedEntries(
      { ...routeAttributes, ...entryFields },
      '{ destination: "default", via: "203.0.113.1", table: 100 }',
      settleRoute,
    ),
    settle: orNone,
    partial: true,
    doc: "Routes, each with the fields of PolicyRoute, and `adopt`. They are made in the order that the kernel needs, whatever their labels.",
    absent: "none",
    example: { "rt2-default": { destination: "default", via: "203.0.113.1", dev: "eth1", table: 100 } },
  }),
  rules: field({
    schema: describedEntries({ ...ruleAttributes, ...entryFields }, '{ priority: 1000, from: "203.0.113.10", table: 100 }', settleRule),
    settle: orNone,
    partial: true,
    doc: "Rules, each with the fields of PolicyRule, and `adopt`.",
    absent: "none",
    example: { "rt2-from": { priority: 1000, from: "203.0.113.10", table: 100 } },
  }),
  reversePathFilter: sysctlFields.reversePathFilter.field,
  arpIgnore: sysctlFields.arpIgnore.field,
  arpAnnounce: sysctlFields.arpAnnounce.field,
  expect: field({
    schema: expectationsSchema,
    settle: (value) => (value.length === 0 ? undefined : value),
    partial: true,
    doc: "Where packets must go once the change is made: the host's kernel is asked (`ip route get`) before it is kept, and one that does not hold undoes it.",
    absent: "nothing is asked",
    example: [{ from: "203.0.113.10", to: "192.0.2.1", dev: "eth1" }],
  }),
  exclusive: field({
    schema: flag,
    settle: (value) => value || undefined,
    doc: "Also removes entries that carry our tag and that no resource owns by the register, and shows them as drift. What another resource or stack owns stays.",
    absent: "false",
    example: true,
  }),
};
export type HostRoutingValues = Values<typeof hostRoutingFields>;

/** The fields that hold labelled entries, and the kernel key of one; undefined while a part of it is missing or not known yet. */
const keys = {
  tables: ({ tableId }: { tableId?: number }) => known({ tableId }, () => (tableId === undefined ? undefined : tableKey(tableId))),
  nexthops: ({ nhid }: Partial<Nexthop>) => known({ nhid }, () => (nhid === undefined ? undefined : nexthopKey(nhid))),
  routes: (route: Partial<Route>) => {
    const { family, destination, from, tos, metric, table } = route;
    return known({ family, destination, from, tos, metric, table }, () =>
      family === undefined || destination === undefined || table === undefined
        ? undefined
        : routeKey({ family, destination, table, ...(from && { from }), ...(tos && { tos }), ...(metric && { metric }) }),
    );
  },
  rules: ({ family, priority }: Partial<Rule>) =>
    known({ family, priority }, () => (family === undefined || priority === undefined ? undefined : ruleKey({ family, priority }))),
};

const known = (parts: object, key: () => string | undefined): string | undefined => (isUnknown(parts) ? undefined : key());

/** One object has one declaration: two labels with one kernel key would take it from each other. */
export function settleHostRouting(values: HostRoutingValues, pending: ReadonlySet<string>): Problem[] {
  return [
    ...(pending.has("tables") ? [] : duplicates("tables", values.tables, keys.tables)),
    ...(pending.has("nexthops") ? [] : duplicates("nexthops", values.nexthops, keys.nexthops)),
    ...(pending.has("routes") ? [] : duplicates("routes", values.routes, keys.routes)),
    ...(pending.has("rules") ? [] : duplicates("rules", values.rules, keys.rules)),
  ];
}

function duplicates<Entry>(name: string, entries: Entries<Entry> = {}, keyOf: (entry: Entry) => string | undefined): Problem[] {
  const first = new Map<string, string>();
  return Object.entries(entries).flatMap(([label, entry]) => {
    const key = keyOf(entry);
    const other = key === undefined ? undefined : first.get(key);
    if (key !== undefined && other === undefined) first.set(key, label);
    return other === undefined
      ? []
      : [{ path: [name, label], text: `declares ${key}, as ${name}.${other} does: one object has one entry` }];
  });
}
