import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "pulumi-policy-routing";
import { PolicyRoute, PolicyRule, RoutingTable } from "pulumi-policy-routing";

/** A second (third, ...) uplink of the host: what the how-to gives a routing table of its own. */
interface Uplink {
  /** The table's name and number on the host, such as rt2 and 1. */
  name: string;
  tableId: number;
  device: string;
  /** The host's own address on this uplink. */
  address: string;
  /** The uplink's network, such as 203.0.113.0/24. */
  network: string;
  gateway: string;
  /** Priority of the `from` rule; the `to` rule stands right behind it. */
  priority: number;
}

// pulumi config set --path connection.host edge-1.example.net
// pulumi config set --path 'uplinks[0].name' rt2
// pulumi config set --path 'uplinks[0].tableId' 1          and so on: device, address, network, gateway, priority
const config = new pulumi.Config();
const connection = config.requireObject<ConnectionArgs>("connection");

for (const uplink of config.requireObject<Uplink[]>("uplinks")) {
  const { name, device, address, network, gateway, priority } = uplink;

  // echo "1 rt2" >> /etc/iproute2/rt_tables
  const table = new RoutingTable(name, { connection, tableId: uplink.tableId, name }).tableId;

  // ip route add NETWORK dev eth1 src ADDRESS table rt2
  const link = new PolicyRoute(`${name}-link`, { connection, table, destination: network, dev: device, src: address });

  // ip route add default via GATEWAY dev eth1 table rt2
  const gate = new PolicyRoute(
    `${name}-default`,
    { connection, table, destination: "default", via: gateway, dev: device },
    { dependsOn: link },
  );

  // ip rule add from ADDRESS table rt2; ip rule add to ADDRESS table rt2
  new PolicyRule(`${name}-from`, { connection, table, priority, from: address }, { dependsOn: gate });
  new PolicyRule(`${name}-to`, { connection, table, priority: priority + 1, to: address }, { dependsOn: gate });
}
