import type * as pulumi from "@pulumi/pulumi";
import { claimedBy } from "../declaration/claimed";
import { tableKind } from "../declaration/table/kind";
import type { RoutingTableArgs } from "./arguments";
import { claim } from "./claim";
import { HostResource } from "./dynamic";

/**
 * A routing table's name on a host, so that people there can write `ip route list table NAME`: the how-to's line in
 * /etc/iproute2/rt_tables, in a file of ours in /etc/iproute2/rt_tables.d/. The kernel itself knows only numbers.
 */
export class RoutingTable extends HostResource {
  /** Number of the table, for `table` of rules and routes. */
  declare readonly tableId: pulumi.Output<number>;
  /** Name of the table on the host. */
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: RoutingTableArgs, options?: pulumi.CustomResourceOptions) {
    super("RoutingTable", name, { ...args }, [], options);
    claim(`RoutingTable ${name}`, { ...args }, claimedBy(tableKind));
  }
}
