export type {
  ConnectionArgs,
  ExpectationArgs,
  GuardArgs,
  HostRoutingArgs,
  MemberArgs,
  MultihomedArgs,
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
  UplinkArgs,
  UplinkSideArgs,
} from "./arguments";
export { HostRouting } from "./hostRouting";
export { type ConfiguredHost, hostsFromConfig } from "./hostsFromConfig";
export { MultihomedHost, type MultihomedHostArgs } from "./multihomedHost";
export { NextHop } from "./nextHop";
export { PolicyRoute } from "./policyRoute";
export { PolicyRule } from "./policyRule";
export { type RolloutOptions, rollout, type WaveOptions } from "./rollout";
export { RoutingTable } from "./routingTable";
