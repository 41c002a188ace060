import type * as pulumi from "@pulumi/pulumi";
import { claimedBy } from "../declaration/claimed";
import { ruleKind } from "../declaration/rule/kind";
import type { Family, PolicyRuleArgs, Table } from "./arguments";
import { claim } from "./claim";
import { HostResource } from "./dynamic";
import { warnOfEveryPacket } from "./everyPacket";

/**
 * One rule of the routing policy database on a host: `ip rule add`. One rule of ours per host, family and priority; a change of any field is
 * an update in place, without a moment in which neither the old nor the new rule is there.
 */
export class PolicyRule extends HostResource {
  /** Place in the order of evaluation. */
  declare readonly priority: pulumi.Output<number>;
  /** Address family, inferred from `from` or `to` where it was left out. */
  declare readonly family: pulumi.Output<Family>;
  /** The routing table that is looked up; undefined when the rule has an action instead. */
  declare readonly table: pulumi.Output<Table | undefined>;

  constructor(name: string, args: PolicyRuleArgs, options?: pulumi.CustomResourceOptions) {
    super("PolicyRule", name, { ...args }, ["family", "table"], options);
    claim(`PolicyRule ${name}`, { ...args }, claimedBy(ruleKind));
    warnOfEveryPacket(this, { "": args });
  }
}
