export type {
  ConnectionArgs,
  ExpectationArgs,
  GuardArgs,
  HostRoutingArgs,
  MemberArgs,
  NextHopArgs,
  NexthopArgs,
  NexthopObjectArgs,
  PolicyRouteArgs,
  PolicyRuleArgs,
  ProbeArgs,
  ProxyConnectionArgs,
  RouteArgs,
  RoutingTableArgs,
  RuleArgs,
  TableArgs,
} from "./arguments";
export { HostRouting } from "./hostRouting";
export { NextHop } from "./nextHop";
export { PolicyRoute } from "./policyRoute";
export { PolicyRule } from "./policyRule";
export { RoutingTable } from "./routingTable";
