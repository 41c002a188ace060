import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { PolicyRoutingError } from "../../errors";
import { tellProgramAlone } from "../../resources/callStack";
import { HostRouting, type HostRoutingArgs, MultihomedHost } from "../../resources/plugin";
import { turns } from "../../resources/rollout";
import { isMultihomed } from "./multihomed";
import type { Shape } from "./shape";

interface Host {
  readonly name: string;
  readonly fields: readonly string[];
}

/**
 * A fleet, wave by wave. What waits for its wave is not registered yet: a registration that waits for one which failed would be an error without a place,
 * and would end what other components do in this process.
 */
export async function constructFleet(
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  const shape: Shape = JSON.parse(inputs["shape"]);
  const fleet = registered(name, options);
  if (shape.hosts === undefined)
    await pulumi.log.warn("which hosts it has is not known in this preview: that they would be deleted, as it shows, is not so", fleet);
  const { hosts, canary } = canaryFirst(shape);
  const { batch, pause } = shape.waves;
  const persisted: Record<string, pulumi.Output<string>> = {};
  const waves = { canary, ...(batch === undefined ? {} : { batch }), pause: pause ?? 0 };
  for (const { hosts: wave, open, made } of turns(hosts, waves, settled)) {
    await open;
    const members = wave.map((host): HostRouting | MultihomedHost => {
      const args: pulumi.Inputs = Object.fromEntries(
        host.fields.map((field) => [field, within(within(inputs["hosts"], host.name), field)]),
      );
      const member = memberOf(`${name}-${host.name}`, args, { parent: fleet });
      persisted[host.name] = member instanceof MultihomedHost ? member.routing.persisted : member.persisted;
      return member;
    });
    for (const failed of await made(members)) delete persisted[failed];
  }
  return { urn: fleet.urn, state: { persisted } };
}

/** The program is another process: the place would be one of ours, in the folder of whoever ran it. */
function registered(name: string, options: pulumi.ComponentResourceOptions): pulumi.ComponentResource {
  const tellAll = tellProgramAlone();
  try {
    return new pulumi.ComponentResource("policyrouting:index:Fleet", name, {}, options);
  } finally {
    tellAll();
  }
}

/** Where a registration failed, its name is a rejection, of which nothing else tells. */
const settled = ({ urn }: pulumi.Resource): Promise<void> =>
  pulumi.runtime.serializeProperties("wave", { urn }).then(
    () => {},
    () => {},
  );

function memberOf(name: string, args: pulumi.Inputs, options: pulumi.ComponentResourceOptions): HostRouting | MultihomedHost {
  if (isMultihomed(args)) return new MultihomedHost(name, args, options);
  if (isWhole(args)) return new HostRouting(name, args, options);
  throw new PolicyRoutingError("bug", { topic: "bug", what: `${name} is neither a MultihomedHost nor a HostRouting` });
}

/** What is missing or wrong is told by its check. */
const isWhole = (args: pulumi.Inputs): args is pulumi.Inputs & HostRoutingArgs => args["uplinks"] === undefined;

/** A part of an argument, with what it depends on, and secret where the whole is. */
function within(value: unknown, name: string): unknown {
  if (pulumi.Output.isInstance(value)) return value.apply((all) => within(all, name));
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function canaryFirst({ hosts, waves: { canary = 1 } }: Shape): { hosts: readonly Host[]; canary: number } {
  const all = Object.entries(hosts ?? {}).map(([name, fields]): Host => ({ name, fields }));
  if (typeof canary === "number") return { hosts: all, canary };
  const isCanary = ({ name }: Host): boolean => canary.includes(name);
  return { hosts: [...all.filter(isCanary), ...all.filter((host) => !isCanary(host))], canary: all.filter(isCanary).length };
}
