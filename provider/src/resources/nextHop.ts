import type * as pulumi from "@pulumi/pulumi";
import { claimedBy } from "../declaration/claimed";
import { nexthopKind } from "../declaration/nexthop/kind";
import type { NextHopArgs } from "./arguments";
import { claim } from "./claim";
import { HostResource } from "./dynamic";

/**
 * One next hop object of a host, or a group of them: `ip nexthop add`. Routes of the same program take their `nhid` from this resource's
 * output: then they come after it and go before it. One that a foreign route goes by is neither replaced nor deleted.
 */
export class NextHop extends HostResource {
  /** Number of the object. */
  declare readonly nhid: pulumi.Output<number>;

  constructor(name: string, args: NextHopArgs, options?: pulumi.CustomResourceOptions) {
    super("NextHop", name, { ...args }, [], options);
    claim(`NextHop ${name}`, { ...args }, claimedBy(nexthopKind));
  }
}
