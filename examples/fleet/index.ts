import * as pulumi from "@pulumi/pulumi";
import type { RolloutOptions } from "pulumi-policy-routing";
import { HostRouting, hostsFromConfig, MultihomedHost, rollout } from "pulumi-policy-routing";

// One program; each environment is a stack, whose hosts stand in Pulumi.<stack>.yaml.
const hosts = hostsFromConfig();
const waves = new pulumi.Config().getObject<RolloutOptions>("waves") ?? {};

rollout(hosts, waves, ({ name, multihomed, routing }, options) =>
  multihomed === undefined ? new HostRouting(name, routing, options) : new MultihomedHost(name, multihomed, options),
);

export const names = hosts.map(({ name }) => name);
