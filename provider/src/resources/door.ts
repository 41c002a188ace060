import * as pulumi from "@pulumi/pulumi";
import { defaultOwner } from "../declaration/owner";
import { Refusal } from "./refusal";
import { organizationOfRun } from "./run";

/** How a resource reaches the one life cycle: by the engine's dynamic provider, or by this package's own plugin. */
export interface Door {
  token(kind: string): string;
  /** What stands in the inputs beside what the program says. */
  inputs(kind: string): pulumi.Inputs;
  /** Options that never reach what is behind it, and what to do instead. */
  readonly unheard: Readonly<Record<string, string>>;
  /** Type tokens under which a state may hold the resource, of which the engine is told. */
  aliases(kind: string): pulumi.Alias[];
}

/** Whose the entries are on the host: this stack, under the `proto` number of its configuration (`policy-routing:owner`). */
function ownerOfStack(): { stack: string; proto?: number } {
  const proto = new pulumi.Config("policy-routing").getNumber("owner");
  return {
    stack: `${organizationOfRun()}/${pulumi.getProject()}/${pulumi.getStack()}`,
    ...(proto === undefined || proto === defaultOwner ? {} : { proto }),
  };
}

const providerText = (kind: string): string => `exports.handler = () => require("pulumi-policy-routing/runtime").handlers("${kind}");`;

/** The engine hands a plugin the configuration of its own name alone. */
function refuseOtherConfiguration(kind: string): void {
  const [theirs, own] = [new pulumi.Config("policy-routing"), new pulumi.Config("policyrouting")];
  for (const name of ["owner", "connection"])
    if (theirs.get(name) !== undefined && own.get(name) === undefined)
      throw new Refusal(
        "provider-configuration",
        `${kind}: the plugin does not hear of policy-routing:${name}: set policyrouting:${name} to the same`,
      );
}

const noTimeouts = {
  customTimeouts:
    "customTimeouts would not be heard here: leave it out and set guard.confirmTimeout for how long a change may take, connection.perDialTimeout and connection.dialErrorLimit for how long a host may be silent",
};

/** The first door. The engine knows nothing of it, so whose the entries are is said by the program. */
export const dynamicDoor: Door = {
  token: (kind) => `pulumi-nodejs:dynamic/policyrouting:${kind}`,
  inputs: (kind) => ({ owner: ownerOfStack(), __provider: providerText(kind) }),
  unheard: {
    import: 'import is not possible here: leave it out and set adopt: "same" (or adopt: true, for what differs too)',
    ...noTimeouts,
  },
  aliases: () => [],
};

/** The second: the engine finds `pulumi-resource-policyrouting`. A state of the first door moves there as it is. */
export const pluginDoor: Door = {
  token: (kind) => `policyrouting:index:${kind}`,
  inputs: (kind) => {
    refuseOtherConfiguration(kind);
    return {};
  },
  unheard: noTimeouts,
  aliases: (kind) => [{ type: dynamicDoor.token(kind) }],
};
