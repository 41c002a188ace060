import type * as pulumi from "@pulumi/pulumi";
import { claimedBy } from "../declaration/claimed";
import { routeKind } from "../declaration/route/kind";
import type { Family, PolicyRouteArgs, Table } from "./arguments";
import { claim } from "./claim";
import { HostResource } from "./dynamic";

/**
 * One route in a table of a host: `ip route add`. Its key is family, table, destination, source (IPv6), tos and metric; a change within the
 * key replaces the route in one step, a change of the key adds the new route before the old one goes.
 */
export class PolicyRoute extends HostResource {
  /** `default` or a prefix. */
  declare readonly destination: pulumi.Output<string>;
  /** Address family, inferred from the addresses where it was left out. */
  declare readonly family: pulumi.Output<Family>;
  /** The routing table that holds the route. */
  declare readonly table: pulumi.Output<Table>;

  constructor(name: string, args: PolicyRouteArgs, options?: pulumi.CustomResourceOptions) {
    super("PolicyRoute", name, { ...args }, ["family", "table"], options);
    claim(`PolicyRoute ${name}`, { ...args }, claimedBy(routeKind));
  }
}
