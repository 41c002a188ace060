// `pulumi-policy-routing/plugin`: the same classes behind the second door. A stack moves to it by this one import.
import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs } from "./arguments";
import { pluginDoor } from "./door";
import * as dynamic from "./index";

export type { FleetArgs, FleetHostArgs, FlowArgs, GetHostResult, HostAddress, HostGateway, LookupResult, ProviderArgs } from "./arguments";
export { Fleet } from "./fleet";
export type { GetHostArgs, LookupArgs } from "./functions";
export { getHost, lookup } from "./functions";
export * from "./index";

/** An explicit provider: for the resources that name it in their options, instead of the stack's configuration `policyrouting:NAME`. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, { connection, ...args }: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    // The engine takes texts for a provider's arguments, and keeps an object's secrets only in one that is a secret itself.
    const text = connection === undefined ? {} : { connection: pulumi.secret(pulumi.jsonStringify(connection)) };
    super("policyrouting", name, { ...args, ...text }, options);
  }
}

export class PolicyRule extends dynamic.PolicyRule {
  static override readonly door = pluginDoor;
}
export class PolicyRoute extends dynamic.PolicyRoute {
  static override readonly door = pluginDoor;
}
export class NextHop extends dynamic.NextHop {
  static override readonly door = pluginDoor;
}
export class RoutingTable extends dynamic.RoutingTable {
  static override readonly door = pluginDoor;
}
export class HostRouting extends dynamic.HostRouting {
  static override readonly door = pluginDoor;
}
export class MultihomedHost extends dynamic.MultihomedHost {
  static override readonly whole = HostRouting;
}
