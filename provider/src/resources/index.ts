export type {
  ConnectionArgs,
  GuardArgs,
  MemberArgs,
  NextHopArgs,
  NexthopArgs,
  PolicyRouteArgs,
  PolicyRuleArgs,
  ProbeArgs,
  ProxyConnectionArgs,
  RoutingTableArgs,
} from "./arguments";
export { NextHop } from "./nextHop";
export { PolicyRoute } from "./policyRoute";
export { PolicyRule } from "./policyRule";
export { RoutingTable } from "./routingTable";
