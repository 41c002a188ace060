import { z } from "zod";
import { contains, familyOf, gatewaySchema, type Prefix, parsePrefix } from "../address";
import { field, type Values } from "../attribute";
import { objectOf } from "../canonical";
import type { Problem } from "../failures";
import { deviceSchema, integer } from "../number";
import { routingTableAttributes } from "../table/table";

const expectedAddress = "expected an address with its prefix length, such as 203.0.113.10/24";

/** The host's own address on an uplink, with the length of the network there. */
const addressWithLength = z.string(expectedAddress).transform((text, context) => {
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  if (prefix !== undefined && prefix.length > 0) return `${prefix.address}/${prefix.length}`;
  context.addIssue(expectedAddress);
  return z.NEVER;
});

/** In place of a gateway's address: packets need only the device. */
const noGateway = "none";
const expectedGateway = `expected the gateway's own address, such as 203.0.113.1, or "${noGateway}" where the device needs none (WireGuard, PPP, GRE)`;

/** One address family of an uplink. */
export const sideFields = {
  address: field({
    schema: addressWithLength,
    doc: "The host's own address on it, with the prefix length of the network there.",
    absent: "required",
    example: "203.0.113.10/24",
  }),
  gateway: field({
    schema: z.union([z.literal(noGateway), gatewaySchema], expectedGateway),
    doc: 'The provider\'s gateway. One outside the network is taken to be on the link. `"none"`: the device needs no gateway, as with WireGuard, PPP (PPPoE, LTE) and GRE.',
    absent: "required",
    example: "203.0.113.1",
  }),
};
type SideValues = Values<typeof sideFields>;

function settleSide({ address, gateway }: SideValues, pending: ReadonlySet<string>): Problem[] {
  const missing = (["address", "gateway"] as const).filter((name) => ({ address, gateway })[name] === undefined && !pending.has(name));
  const problems: Problem[] = missing.map((name) => ({ path: [name], text: "is required" }));
  if (address === undefined || gateway === undefined || pending.has("address") || pending.has("gateway")) return problems;
  if (gateway === noGateway) return problems;
  if (familyOf(address) !== familyOf(gateway)) problems.push({ path: ["gateway"], text: "is of another address family than address" });
  else if (address.startsWith(`${gateway}/`)) problems.push({ path: ["gateway"], text: "is the host's own address" });
  return problems;
}

/** Priorities are made of tables: they must be few. 253 to 255 are the kernel's own. */
export const highestTable = 2499;

export const uplinkFields = {
  device: field({ schema: deviceSchema, doc: "Its device.", absent: "required", example: "eth1" }),
  ...sideFields,
  table: field({
    schema: integer(1, highestTable).refine((table) => table < 253 || table > 255, "253, 254 and 255 are the kernel's own tables"),
    doc: `Number of its routing table, from 1 to ${highestTable}; the priorities of its rules are made of it.`,
    absent: "required",
    example: 101,
  }),
  name: field({
    schema: routingTableAttributes.name.schema,
    doc: "A name of that table on the host, for `ip route list table NAME`.",
    absent: "the table has no name",
    example: "isp1",
  }),
  v6: field({
    schema: objectOf(sideFields, 'expected an object such as { address: "2001:db8:1::10/64", gateway: "2001:db8:1::1" }', settleSide),
    doc: "The same uplink's IPv6 `address` and `gateway`; they share its table's number and its priorities.",
    absent: "IPv4 only",
    example: { address: "2001:db8:1::10/64", gateway: "fe80::1" },
  }),
};
export type UplinkValues = Values<typeof uplinkFields>;

export function settleUplink(values: UplinkValues, pending: ReadonlySet<string>): Problem[] {
  const problems = (["device", "table"] as const)
    .filter((name) => values[name] === undefined && !pending.has(name))
    .map((name): Problem => ({ path: [name], text: "is required" }));
  problems.push(...settleSide(values, pending));
  if (values.v6?.address !== undefined && familyOf(values.v6.address) !== "inet6")
    problems.push({ path: ["v6", "address"], text: "is no IPv6 address" });
  if (values.v6 !== undefined && values.address !== undefined && familyOf(values.address) === "inet6")
    problems.push({ path: ["v6"], text: "is said by address already" });
  return problems;
}

/** One family of one uplink, complete. */
export interface Side {
  readonly label: string;
  readonly device: string;
  readonly table: number;
  readonly own: Prefix;
  /** Undefined where the device needs none. */
  readonly gateway: string | undefined;
}

export function sidesOf(label: string, { device, table, address, gateway, v6 }: UplinkValues): Side[] {
  return [{ address, gateway }, v6 ?? {}].flatMap((side) => {
    const own = parsePrefix(side.address ?? "");
    return own === undefined || side.gateway === undefined || device === undefined || table === undefined
      ? []
      : [{ label, device, table, own, gateway: side.gateway === noGateway ? undefined : side.gateway }];
  });
}

/** On one link although they are two uplinks: then the kernel answers for either by any device. */
export const shareSubnet = (one: Side, other: Side): boolean =>
  contains(`${one.own.address}/${one.own.length}`, other.own.address) ||
  contains(`${other.own.address}/${other.own.length}`, one.own.address);
