import { type AnyEntryKind, anyEntryKind } from "./entryKind";
import { nexthopKind } from "./nexthop/kind";
import { routeKind } from "./route/kind";
import { ruleKind } from "./rule/kind";
import { tableKind } from "./table/kind";

/** Every kind of entry, by its section in HostRouting, in the order in which entries are made. */
export const entryKinds = {
  tables: anyEntryKind(tableKind),
  nexthops: anyEntryKind(nexthopKind),
  routes: anyEntryKind(routeKind),
  rules: anyEntryKind(ruleKind),
} satisfies Readonly<Record<string, AnyEntryKind>>;
