import {
  contains,
  familyOf,
  gatewaySchema,
  isEverything,
  maskedPrefixSchema,
  networkOf,
  type Prefix,
  parsePrefix,
  printPrefix,
} from "../address";
import { field, type Values } from "../attribute";
import { objectOf } from "../canonical";
import type { Problem } from "../failures";
import type { Family } from "../family";
import { deviceSchema, integer } from "../number";
import { listed } from "../rule/ruleSet";
import { routingTableAttributes } from "../table/table";
import { z } from "../zod";

const mostAddresses = 64;
const expectedAddress = "expected an address with its prefix length, such as 203.0.113.10/24";
/** In place of an address: whatever the device has on the host. */
export const anyAddress = "auto";
const expectedAddresses = `${expectedAddress}, or a list of 1 to ${mostAddresses} of them, or "${anyAddress}"`;

/** The host's own address on an uplink, with the length of the network there. */
const addressWithLength = z.string(expectedAddress).transform((text, context) => {
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  if (prefix !== undefined && prefix.length > 0) return `${prefix.address}/${prefix.length}`;
  context.addIssue(expectedAddress);
  return z.NEVER;
});

/** One as it is. The first of a list is the one that the host prefers as a source. */
const addresses = z
  .union(
    [z.literal(anyAddress), addressWithLength, z.array(addressWithLength).min(1, expectedAddresses).max(mostAddresses, expectedAddresses)],
    expectedAddresses,
  )
  .transform((input): string | readonly string[] => (typeof input === "string" || input.length > 1 ? input : (input[0] ?? "")));

/** In place of a gateway's address: whatever the device has on the host. */
export const anyGateway = "auto";
/** In place of a gateway's address: packets need only the device. */
export const noGateway = "none";
/** In place of a gateway's address: the default route of the table is another manager's. */
export const managersGateway = "manager";
const expectedGateway = `expected the gateway's own address, such as 203.0.113.1, or "${noGateway}" where the device needs none (WireGuard, PPP, GRE), "${anyGateway}" where it changes, or "${managersGateway}" where another manager fills the table`;

/** One address family of an uplink. */
export const sideFields = {
  address: field({
    schema: addresses,
    doc: 'The host\'s own address on it, with the prefix length of the network there; or a list of its addresses there, the preferred source first. `"auto"`: whatever the device has on the host, followed when it changes.',
    absent: "required",
    example: "203.0.113.10/24",
  }),
  gateway: field({
    schema: z.union([z.literal([anyGateway, noGateway, managersGateway]), gatewaySchema], expectedGateway),
    doc: 'The provider\'s gateway. One outside the network is taken to be on the link. `"auto"`: the one that the device has on the host, followed when it changes. `"none"`: the device needs no gateway, as with WireGuard, PPP (PPPoE, LTE) and GRE. `"manager"`: the network manager of the host makes the table\'s default route.',
    absent: "required",
    example: "203.0.113.1",
  }),
};
type SideValues = Values<typeof sideFields>;

function settleSide({ address, gateway }: SideValues, pending: ReadonlySet<string>): Problem[] {
  const missing = (["address", "gateway"] as const).filter((name) => ({ address, gateway })[name] === undefined && !pending.has(name));
  const problems: Problem[] = missing.map((name) => ({ path: [name], text: "is required" }));
  if (address === undefined || gateway === undefined || pending.has("address") || pending.has("gateway")) return problems;
  const all = literalAddresses(address);
  const own = all.map((one) => one.replace(/\/.*/, ""));
  if (new Set(all.map(familyOf)).size > 1)
    problems.push({ path: ["address"], text: "holds addresses of both families: say IPv6 ones in v6" });
  if (new Set(own).size < own.length) problems.push({ path: ["address"], text: "holds an address twice" });
  if (!isGateway(gateway)) return problems;
  if (all.some((one) => familyOf(one) !== familyOf(gateway)))
    problems.push({ path: ["gateway"], text: "is of another address family than address" });
  else if (own.includes(gateway)) problems.push({ path: ["gateway"], text: "is the host's own address" });
  return problems;
}

export const literalAddresses = (address: SideValues["address"]): readonly string[] =>
  address === undefined || address === anyAddress ? [] : listed(address);
const isGateway = (gateway: string): boolean => gateway !== anyGateway && gateway !== noGateway && gateway !== managersGateway;

/** By its addresses, else by its gateway, else what it is where it stands. */
function familyOfSide({ address, gateway }: SideValues, otherwise: Family): Family {
  const [said = gateway !== undefined && isGateway(gateway) ? gateway : undefined] = literalAddresses(address);
  return said === undefined ? otherwise : familyOf(said);
}

const preferredSchema = maskedPrefixSchema.refine(
  (prefix) => !isEverything(prefix),
  "expected a prefix that is not everything: mainDefault says where the rest goes",
);

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
  prefer: field({
    schema: z.array(preferredSchema, "expected a list of prefixes").min(1, "expected one prefix or more"),
    doc: "Destinations that packets should leave for by this uplink, where no uplink's own address says another: replies always leave by the uplink that was asked.",
    absent: "as table main says",
    example: ["192.0.2.0/24"],
  }),
};
export type UplinkValues = Values<typeof uplinkFields>;

export function settleUplink(values: UplinkValues, pending: ReadonlySet<string>): Problem[] {
  const problems = (["device", "table"] as const)
    .filter((name) => values[name] === undefined && !pending.has(name))
    .map((name): Problem => ({ path: [name], text: "is required" }));
  problems.push(...settleSide(values, pending));
  const familyIn = (name: string, side: SideValues, otherwise: Family): Family | undefined =>
    side.address === undefined || pending.has(name) || pending.has("gateway") ? undefined : familyOfSide(side, otherwise);
  const first = familyIn("address", values, "inet");
  const second = familyIn("v6", values.v6 ?? {}, "inet6");
  if (second === "inet")
    problems.push({ path: ["v6", values.v6?.address === anyAddress ? "gateway" : "address"], text: "is no IPv6 address" });
  if (values.v6 !== undefined && first === "inet6")
    problems.push({ path: ["v6"], text: `is said by ${values.address === anyAddress ? "gateway" : "address"} already` });
  const strange = first === undefined || pending.has("v6") || pending.has("prefer") ? [] : (values.prefer ?? []);
  if (strange.some((prefix) => familyOf(prefix) !== first && familyOf(prefix) !== second))
    problems.push({ path: ["prefer"], text: "holds a prefix of a family in which the uplink has no address" });
  return problems;
}

/** One family of one uplink, complete. */
export interface Side {
  readonly label: string;
  readonly device: string;
  readonly table: number;
  readonly family: Family;
  /** All of its addresses, the preferred source first; none where they are whatever the device has. */
  readonly all: readonly Prefix[];
  /** Undefined where the device needs none, or where it is not said. */
  readonly gateway: string | undefined;
  /** It is whatever the device has. */
  readonly isAny: boolean;
  /** Another manager makes the table's default route. */
  readonly isManagers: boolean;
  /** Destinations of this family. */
  readonly prefer: readonly string[];
}

/** The networks that its addresses lie in, each once. */
export const networksOf = ({ all }: Pick<Side, "all">): string[] => [
  ...new Set(all.map((one) => printPrefix({ ...one, address: networkOf(one) }))),
];

export function sidesOf(label: string, { device, table, v6, prefer = [], ...first }: UplinkValues): Side[] {
  const sides = [[first, "inet"] as const, ...(v6 === undefined ? [] : [[v6, "inet6"] as const])];
  return sides.flatMap(([side, otherwise]) => {
    const { address, gateway } = side;
    if (address === undefined || gateway === undefined || device === undefined || table === undefined) return [];
    const family = familyOfSide(side, otherwise);
    const all = literalAddresses(address).flatMap((one) => parsePrefix(one) ?? []);
    const preferred = prefer.filter((prefix) => familyOf(prefix) === family);
    const via = isGateway(gateway) ? gateway : undefined;
    const says = { isAny: gateway === anyGateway, isManagers: gateway === managersGateway };
    return [{ label, device, table, family, all, gateway: via, ...says, prefer: preferred }];
  });
}

/** On one link although they are two uplinks: then the kernel answers for either by any device. */
export const shareSubnet = (one: Side, other: Side): boolean => holdsOneOf(one, other) || holdsOneOf(other, one);
const holdsOneOf = (one: Side, { all }: Side): boolean =>
  networksOf(one).some((network) => all.some(({ address }) => contains(network, address)));
