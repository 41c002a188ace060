import { entryFields } from "./adopt";
import { field, type Values } from "./attribute";
import { describedEntries, type Entries } from "./entries";
import { duplicates } from "./entryKind";
import { expectationsSchema } from "./expectation";
import type { Problem } from "./failures";
import { nexthopKind } from "./nexthop/kind";
import { flag } from "./number";
import { routeKind } from "./route/kind";
import { ruleKind } from "./rule/kind";
import { type DeclaredSysctl, declaredIn, sysctlFields } from "./sysctl/fields";
import { tableKind } from "./table/kind";

const orNone = <Value>(entries: Entries<Value>): Entries<Value> | undefined => (Object.keys(entries).length === 0 ? undefined : entries);

/** Everything about one host. Entries are keyed by labels; on the host they are matched by their kernel key. */
export const hostRoutingFields = {
  tables: field({
    schema: describedEntries({ ...tableKind.fields, ...entryFields }, '{ tableId: 100, name: "rt2" }', tableKind.settle),
    settle: orNone,
    partial: true,
    doc: "Names of routing tables, each with the fields of RoutingTable, and `adopt`.",
    absent: "none",
    example: { rt2: { tableId: 100, name: "rt2" } },
  }),
  nexthops: field({
    schema: describedEntries({ ...nexthopKind.fields, ...entryFields }, '{ nhid: 1, via: "203.0.113.1", dev: "eth1" }', nexthopKind.settle),
    settle: orNone,
    partial: true,
    doc: "Next hop objects and groups, each with the fields of NextHop, and `adopt`.",
    absent: "none",
    example: { isp1: { nhid: 1, via: "203.0.113.1", dev: "eth1" } },
  }),
  routes: field({
    schema: describedEntries(
      { ...routeKind.fields, ...entryFields },
      '{ destination: "default", via: "203.0.113.1", table: 100 }',
      routeKind.settle,
    ),
    settle: orNone,
    partial: true,
    doc: "Routes, each with the fields of PolicyRoute, and `adopt`. They are made in the order that the kernel needs, whatever their labels.",
    absent: "none",
    example: { "rt2-default": { destination: "default", via: "203.0.113.1", dev: "eth1", table: 100 } },
  }),
  rules: field({
    schema: describedEntries(
      { ...ruleKind.fields, ...entryFields },
      '{ priority: 1000, from: "203.0.113.10", table: 100 }',
      ruleKind.settle,
    ),
    settle: orNone,
    partial: true,
    doc: "Rules, each with the fields of PolicyRule, and `adopt`.",
    absent: "none",
    example: { "rt2-from": { priority: 1000, from: "203.0.113.10", table: 100 } },
  }),
  reversePathFilter: sysctlFields.reversePathFilter.field,
  arpIgnore: sysctlFields.arpIgnore.field,
  arpAnnounce: sysctlFields.arpAnnounce.field,
  srcValidMark: sysctlFields.srcValidMark.field,
  acceptLocal: sysctlFields.acceptLocal.field,
  routeLocalnet: sysctlFields.routeLocalnet.field,
  forwarding: sysctlFields.forwarding.field,
  ipv6Forwarding: sysctlFields.ipv6Forwarding.field,
  l3mdevAccept: sysctlFields.l3mdevAccept.field,
  multipathHashPolicy: sysctlFields.multipathHashPolicy.field,
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

/** The settings that are declared, of devices and of the host. */
export const settingsIn = (values: HostRoutingValues): DeclaredSysctl[] => [
  ...declaredIn("reversePathFilter", sysctlFields.reversePathFilter, values.reversePathFilter),
  ...declaredIn("arpIgnore", sysctlFields.arpIgnore, values.arpIgnore),
  ...declaredIn("arpAnnounce", sysctlFields.arpAnnounce, values.arpAnnounce),
  ...declaredIn("srcValidMark", sysctlFields.srcValidMark, values.srcValidMark),
  ...declaredIn("acceptLocal", sysctlFields.acceptLocal, values.acceptLocal),
  ...declaredIn("routeLocalnet", sysctlFields.routeLocalnet, values.routeLocalnet),
  ...declaredIn("forwarding", sysctlFields.forwarding, values.forwarding),
  ...declaredIn("ipv6Forwarding", sysctlFields.ipv6Forwarding, values.ipv6Forwarding),
  ...declaredIn("l3mdevAccept", sysctlFields.l3mdevAccept, values.l3mdevAccept),
  ...declaredIn("multipathHashPolicy", sysctlFields.multipathHashPolicy, values.multipathHashPolicy),
];

/** One object has one declaration. */
export function settleHostRouting(values: HostRoutingValues, pending: ReadonlySet<string>): Problem[] {
  return [
    ...(pending.has("tables") ? [] : duplicates("tables", tableKind, values.tables)),
    ...(pending.has("nexthops") ? [] : duplicates("nexthops", nexthopKind, values.nexthops)),
    ...(pending.has("routes") ? [] : duplicates("routes", routeKind, values.routes)),
    ...(pending.has("rules") ? [] : duplicates("rules", ruleKind, values.rules)),
  ];
}
