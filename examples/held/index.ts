import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, UplinkArgs } from "pulumi-policy-routing";
import { MultihomedHost } from "pulumi-policy-routing";

// pulumi config set --path connection.host edge-1.example.net
// pulumi config set --path uplinks.isp1.device eth0                     and so on, as in examples/multihomed
// pulumi config set --path 'healthy[0]' 192.0.2.7:443                   what must accept a connection all the while
// pulumi config set hold 600                                            seconds; 300 if not said
// pulumi config set byPerson true                                       then: npx --no-install policy-routing confirm edge-1.example.net
const config = new pulumi.Config();

const edge = new MultihomedHost("edge", {
  connection: config.requireObject<ConnectionArgs>("connection"),
  uplinks: config.requireObject<Record<string, UplinkArgs>>("uplinks"),
  guard: {
    // What a change breaks may be seen late only: a BGP session goes with its hold timer, a balancer takes a server out after its third failed check.
    hold: config.getNumber("hold") ?? 300,
    confirmBy: config.getBoolean("byPerson") === true ? "person" : "controller",
    // Half a minute without a word of this run, and the host is as before.
    confirmTimeout: 30,
    probes: config.requireObject<string[]>("healthy").map((tcp) => ({ tcp, expect: true })),
  },
});

export const { tables } = edge;
