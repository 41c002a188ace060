import type * as pulumi from "@pulumi/pulumi";
import { Refusal } from "./refusal";

/**
 * Options of which a resource behind its door never hears: the engine takes them, and then `import` of a dynamic resource ends in a TypeError of the SDK, and
 * `customTimeouts` in nothing. Said here, where the name is known, before anything is done.
 */
export function refuseUnheard(
  resource: string,
  options: pulumi.ResourceOptions | undefined,
  unheard: Readonly<Record<string, string>>,
): void {
  for (const [option, value] of Object.entries(options ?? {})) {
    const advice = unheard[option];
    if (advice !== undefined && value !== undefined) throw new Refusal("unheard-option", `${resource}: ${advice}`);
  }
}
