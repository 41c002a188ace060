export type {
  ConnectionArgs,
  GuardArgs,
  NexthopArgs,
  PolicyRouteArgs,
  PolicyRuleArgs,
  ProbeArgs,
  ProxyConnectionArgs,
  RoutingTableArgs,
} from "./arguments";
export { PolicyRoute } from "./policyRoute";
export { PolicyRule } from "./policyRule";
export { RoutingTable } from "./routingTable";
