import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, UplinkArgs } from "pulumi-policy-routing";
import { MultihomedHost } from "pulumi-policy-routing";

// pulumi config set --path connection.host edge-1.example.net
// pulumi config set --path connection.hostKey 'ssh-ed25519 AAAA...'     @pulumi/command takes any key without it
// pulumi config set --path connection.dialErrorLimit 60                 it still boots: dial it for four minutes and more
// pulumi config set --path connection.privateKey --secret <id_ed25519
// pulumi config set --path uplinks.isp1.device eth0                     and so on, as in examples/multihomed
const config = new pulumi.Config();

/** One object for both packages, which both keep its secrets as such. */
const connection = config.requireObject<ConnectionArgs>("connection");

// What the image lacks. cloud-init may hold the lock of apt until it has ended.
const ready = new remote.Command("ready", {
  connection,
  create: [
    "if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null; fi",
    "command -v ip >/dev/null || apt-get install --yes --quiet iproute2",
    "ip -V",
  ].join("\n"),
});

const edge = new MultihomedHost(
  "edge",
  { connection, uplinks: config.requireObject<Record<string, UplinkArgs>>("uplinks") },
  { dependsOn: ready },
);

export const iproute2 = ready.stdout;
export const { tables } = edge;
