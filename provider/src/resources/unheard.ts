import type * as pulumi from "@pulumi/pulumi";
import { Refusal } from "./refusal";

/**
 * Options of which a dynamic resource never hears: the engine takes them, and then `import` ends in a TypeError of the SDK, and `customTimeouts` in nothing.
 * Said here, where the name is known, before anything is done.
 */
const unheard: Readonly<Record<string, string>> = {
  import: 'import is not possible here: leave it out and set adopt: "same" (or adopt: true, for what differs too)',
  customTimeouts:
    "customTimeouts would not be heard here: leave it out and set guard.confirmTimeout for how long a change may take, connection.perDialTimeout and connection.dialErrorLimit for how long a host may be silent",
};

export function refuseUnheard(resource: string, options: pulumi.ResourceOptions | undefined): void {
  for (const [option, value] of Object.entries(options ?? {})) {
    const advice = unheard[option];
    if (advice !== undefined && value !== undefined) throw new Refusal("unheard-option", `${resource}: ${advice}`);
  }
}
