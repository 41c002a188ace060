import type { ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { PolicyRoutingError } from "../../errors";
import { MultihomedHost, type MultihomedHostArgs } from "../../resources/plugin";

/** What else is missing or wrong is told by the checks. */
export const isMultihomed = (args: Inputs): args is Inputs & MultihomedHostArgs => args["uplinks"] !== undefined;

export function constructMultihomed(name: string, args: Inputs, options: ComponentResourceOptions): ConstructResult {
  if (!isMultihomed(args))
    throw new PolicyRoutingError("invalid", { topic: "fields", object: `MultihomedHost ${name}`, what: "uplinks: is required" });
  const { urn, tables, priorities, commands, nft } = new MultihomedHost(name, args, options);
  return { urn, state: { tables, priorities, commands, nft } };
}
