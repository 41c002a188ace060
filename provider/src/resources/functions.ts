import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, FlowArgs, GetHostResult, LookupResult } from "./arguments";

export interface GetHostArgs {
  connection: pulumi.Input<ConnectionArgs>;
}

/** A packet, and how to reach the host. */
export interface LookupArgs extends FlowArgs, GetHostArgs {}

/** What a host has now: addresses, gateways, rules, versions. Reads it by one login, in previews too, and changes nothing. */
export const getHost = (args: GetHostArgs, options?: pulumi.InvokeOptions): pulumi.Output<GetHostResult> =>
  pulumi.runtime.invokeOutput<GetHostResult>("policyrouting:index:getHost", { ...args }, options);

/**
 * Where a packet goes on a host as it is now, by its rules and routes. Reads the host by one login, in previews too, sends no packet and changes
 * nothing.
 */
export const lookup = (args: LookupArgs, options?: pulumi.InvokeOptions): pulumi.Output<LookupResult> =>
  pulumi.runtime.invokeOutput<LookupResult>("policyrouting:index:lookup", { ...args }, options);
