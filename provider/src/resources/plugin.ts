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

/**
 * The same class, by this door. Not a subclass of it: each would stand in the call stack that the SDK keeps in the state of every resource.
 * What is read of it besides goes to the class itself.
 */
const byPlugin = <Class extends object>(one: Class, own: Readonly<Record<string, unknown>> = { door: pluginDoor }): Class =>
  new Proxy(one, { get: (target, name, receiver) => (Object.hasOwn(own, name) ? own[String(name)] : Reflect.get(target, name, receiver)) });

export const PolicyRule = byPlugin(dynamic.PolicyRule);
export type PolicyRule = dynamic.PolicyRule;
export const PolicyRoute = byPlugin(dynamic.PolicyRoute);
export type PolicyRoute = dynamic.PolicyRoute;
export const NextHop = byPlugin(dynamic.NextHop);
export type NextHop = dynamic.NextHop;
export const RoutingTable = byPlugin(dynamic.RoutingTable);
export type RoutingTable = dynamic.RoutingTable;
export const HostRouting = byPlugin(dynamic.HostRouting);
export type HostRouting = dynamic.HostRouting;
export const MultihomedHost = byPlugin(dynamic.MultihomedHost, { whole: HostRouting });
export type MultihomedHost = dynamic.MultihomedHost;
