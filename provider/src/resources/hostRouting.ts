import type * as pulumi from "@pulumi/pulumi";
import { claimedByHost } from "../declaration/claimed";
import type { HostRoutingArgs } from "./arguments";
import { claim } from "./claim";
import { HostResource } from "./dynamic";
import { warnOfEveryPacketIn } from "./everyPacket";

/**
 * Everything about one host as one resource and one transaction: all of it is applied or none. Entries are keyed by labels, which are for
 * people: on the host an entry is matched by its kernel key, so renaming a label changes nothing there. A preview shows the entries that
 * change. Use it for fleets and far hosts: the engine's own cost grows with the square of the number of resources.
 */
export class HostRouting extends HostResource {
  /** The tables, in canonical form. */
  declare readonly tables: pulumi.Output<Readonly<Record<string, { tableId: number; name: string }>> | undefined>;
  /** When the last change was confirmed on the host. */
  declare readonly appliedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: HostRoutingArgs, options?: pulumi.CustomResourceOptions) {
    super("HostRouting", name, { ...args }, ["appliedAt"], options);
    claim(`HostRouting ${name}`, { ...args }, claimedByHost);
    warnOfEveryPacketIn(this, args.rules);
  }
}
