import type { Uplink } from "../lab/lab";
import type { Fields } from "../soak/protocol";

/** A resource that the contract declares, and what must then be seen of it: lines of a view, written by hand. */
export interface Declared {
  readonly kind: string;
  readonly fields: Fields;
  readonly shows: readonly string[];
}

export const names = ["name", "hop", "link", "gate", "byHop", "rule", "whole", "gate6", "rule6"] as const;
export type Name = (typeof names)[number];
/** Nothing is made before what it needs. */
export const waves: readonly (readonly Name[])[] = [
  ["name", "hop", "link"],
  ["gate", "byHop", "rule", "gate6", "rule6", "whole"],
];
export const ofIpv6: ReadonlySet<Name> = new Set<Name>(["gate6", "rule6"]);
/** What one file of the product in the folder of names must say. */
export const nameFile = "etc/iproute2/rt_tables.d/policy-routing-100.conf";
export const tableName = (isChanged: boolean): string => (isChanged ? "zweite" : "second");

/** Everything that the contract declares on a machine: as first declared, or as changed in place. */
export function declarations(
  { device, address, address6, gateway, gateway6, prefix }: Uplink,
  owner: number,
  isChanged: boolean,
): Record<Name, Declared> {
  const proto = `proto ${owner}`;
  const via = `via ${gateway} dev ${device}`;
  const onlink = isChanged ? " onlink" : "";
  const mtu = isChanged ? { mtu: 1400 } : {};
  const hasMtu = isChanged ? " mtu 1400" : "";
  const route = (fields: Fields, ...shows: string[]): Declared => ({ kind: "PolicyRoute", fields, shows });
  const rule = (fields: Fields, ...shows: string[]): Declared => ({ kind: "PolicyRule", fields, shows });
  return {
    name: { kind: "RoutingTable", fields: { tableId: 100, name: tableName(isChanged) }, shows: [] },
    hop: {
      kind: "NextHop",
      fields: { nhid: 7, via: gateway, dev: device, ...(isChanged ? { onlink: true } : {}) },
      shows: [`nexthop id 7 ${via} scope 253 ${proto}${onlink}`],
    },
    link: route(
      { destination: prefix, dev: device, src: address, table: 100, ...mtu },
      `route 4 ${prefix} dev ${device} table 100 ${proto} scope 253 src ${address}${hasMtu}`,
    ),
    gate: route(
      { destination: "default", via: gateway, dev: device, table: 100, ...mtu },
      `route 4 default ${via} table 100 ${proto}${hasMtu}`,
    ),
    byHop: route({ destination: "198.51.100.0/24", nhid: 7, table: 101 }, `route 4 198.51.100.0/24 nhid 7 table 101 ${proto}`),
    rule: rule(
      { priority: 1000, from: address, table: 100, ...(isChanged ? { fwmark: "0x1/0xff" } : {}) },
      `rule 4 1000: from ${address}${isChanged ? " fwmark 0x1/0xff" : ""} lookup 100 ${proto}`,
    ),
    gate6: route(
      { destination: "default", via: gateway6, dev: device, table: 100, ...mtu },
      `route 6 default via ${gateway6} dev ${device} table 100 ${proto} metric 1024${hasMtu} pref medium`,
    ),
    rule6: rule(
      { priority: 1000, from: address6, table: isChanged ? 101 : 100 },
      `rule 6 1000: from ${address6} lookup ${isChanged ? 101 : 100} ${proto}`,
    ),
    whole: whole({ device, address, gateway, prefix }, proto, isChanged),
  };
}

/** A whole host in one resource, with a route in the main table and a setting of a device. */
function whole(
  { device, address, gateway, prefix }: Pick<Uplink, "device" | "address" | "gateway" | "prefix">,
  proto: string,
  isChanged: boolean,
): Declared {
  const via = `via ${gateway} dev ${device}`;
  const hop = { via: gateway, dev: device };
  return {
    kind: "HostRouting",
    fields: {
      nexthops: { gate: { nhid: 17, ...hop } },
      routes: {
        link: { destination: prefix, dev: device, src: address, table: 110 },
        default: { destination: "default", ...hop, table: 110, ...(isChanged ? { mtu: 1300 } : {}) },
        object: { destination: "198.51.100.0/24", nhid: 17, table: 110 },
        main: { destination: "203.0.113.64/26", ...hop, table: "main", ...(isChanged ? { mtu: 1300 } : {}) },
      },
      rules: {
        from: { priority: 1100, from: address, table: 110, ...(isChanged ? { to: "192.0.2.0/24" } : {}) },
        ...(isChanged
          ? { second: { priority: 1102, to: "203.0.113.9/32", table: 110 } }
          : { mark: { family: "inet", priority: 1101, fwmark: "0x6e", table: 110 } }),
      },
      reversePathFilter: { [device]: "loose" },
      exclusive: true,
    },
    shows: [
      `nexthop id 17 ${via} scope 253 ${proto}`,
      `route 4 ${prefix} dev ${device} table 110 ${proto} scope 253 src ${address}`,
      `route 4 default ${via} table 110 ${proto}${isChanged ? " mtu 1300" : ""}`,
      `route 4 198.51.100.0/24 nhid 17 table 110 ${proto}`,
      `route 4 203.0.113.64/26 ${via} ${proto}${isChanged ? " mtu 1300" : ""}`,
      `rule 4 1100: from ${address}${isChanged ? " to 192.0.2.0/24" : ""} lookup 110 ${proto}`,
      isChanged ? `rule 4 1102: from all to 203.0.113.9 lookup 110 ${proto}` : `rule 4 1101: from all fwmark 0x6e lookup 110 ${proto}`,
    ],
  };
}
