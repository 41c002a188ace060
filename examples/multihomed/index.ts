import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, UplinkArgs } from "pulumi-policy-routing";
import { MultihomedHost } from "pulumi-policy-routing";

// pulumi config set --path connection.host edge-1.example.net
// pulumi config set --path connection.password --secret      if it is a password; an agent or a key needs no word here
// pulumi config set --path uplinks.isp1.device eth0
// pulumi config set --path uplinks.isp1.address 198.51.100.10/24
// pulumi config set --path uplinks.isp1.gateway 198.51.100.1
// pulumi config set --path uplinks.isp1.table 101          and so on for isp2, ...
const config = new pulumi.Config();

const edge = new MultihomedHost("edge", {
  connection: config.requireObject<ConnectionArgs>("connection"),
  uplinks: config.requireObject<Record<string, UplinkArgs>>("uplinks"),
  // Addresses beyond the uplinks: the host's kernel is asked for the way there before the change is kept.
  outside: config.getObject<string[]>("outside") ?? [],
  killSwitch: config.getBoolean("killSwitch") ?? false,
  connmark: config.getBoolean("connmark") ?? false,
});

export const { tables, priorities, commands } = edge;
export const nft = edge.nft.apply((text) => text ?? "nothing: connmark is not asked for");
