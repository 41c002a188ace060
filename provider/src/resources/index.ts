export type {
  ConnectionArgs,
  ConnectionDefaultsArgs,
  EntryArgs,
  ExpectationArgs,
  Family,
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
  Table,
  TableArgs,
  UplinkArgs,
  UplinkSideArgs,
} from "./arguments";
export { connectionDefaults } from "./connectionDefaults";
export { HostRouting } from "./hostRouting";
export type { ConfiguredHost } from "./hostsFromConfig";
export { hostsFromConfig } from "./hostsFromConfig";
export type { MultihomedHostArgs } from "./multihomedHost";
export { MultihomedHost } from "./multihomedHost";
export { NextHop } from "./nextHop";
export { PolicyRoute } from "./policyRoute";
export { PolicyRule } from "./policyRule";
export type { RolloutOptions, WaveOptions } from "./rollout";
export { rollout } from "./rollout";
export { RoutingTable } from "./routingTable";
