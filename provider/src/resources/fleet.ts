import * as pulumi from "@pulumi/pulumi";
import type { FleetArgs } from "./arguments";
import { pluginDoor } from "./door";
import { refuseUnheard } from "./unheard";

/**
 * A HostRouting or a MultihomedHost for each of many hosts, `FLEET-HOST` by name, wave by wave, as `rollout` makes them: here in the plugin, so that a
 * program in any language has them.
 */
export class Fleet extends pulumi.ComponentResource {
  /** Of each host, what puts it back after a reboot, `none`, or `no: ` and why not. */
  declare readonly persisted: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: FleetArgs, options?: pulumi.ComponentResourceOptions) {
    refuseUnheard(`Fleet ${name}`, options, pluginDoor.unheard);
    super(pluginDoor.token("Fleet"), name, { persisted: undefined, ...args }, options, true);
  }
}
