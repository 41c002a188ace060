import { addressSchema } from "../address";
import { field, type Values } from "../attribute";
import { describedEntries, entriesOf } from "../entries";
import type { Problem } from "../failures";
import { flag, integer, textOf } from "../number";
import { weight } from "../route/nexthops";
import { priorities } from "../rule/rule";
import { z } from "../zod";
import {
  anyAddress,
  anyGateway,
  highestTable,
  literalAddresses,
  managersGateway,
  noGateway,
  settleUplink,
  type UplinkValues,
  uplinkFields,
} from "./uplink";

/** One block of priorities each, in which a rule stands at its uplink's table: so none depends on the other uplinks. */
const block = highestTable + 1;
export const blocks = { mark: 0, ownSubnet: block, connected: 2 * block, from: 2 * block, to: 3 * block, prefer: 4 * block } as const;
export const defaultBase = 10000;
const highestBase = priorities.highest - 4 * block;

const expectedUplink = '{ device: "eth1", address: "203.0.113.10/24", gateway: "203.0.113.1", table: 101 }';

export const multihomedFields = {
  uplinks: field({
    schema: describedEntries(uplinkFields, expectedUplink, settleUplink),
    partial: true,
    doc: "The uplinks, by names of your choice: all of them, or the one beside a primary that somebody else manages.",
    absent: "required",
    example: { isp1: { device: "eth0", address: "198.51.100.10/24", gateway: "198.51.100.1", table: 101 } },
  }),
  outside: field({
    schema: z.array(addressSchema, "expected a list of addresses"),
    doc: "Addresses beyond the uplinks: before the change is kept, the kernel must send packets there from each uplink's address by that uplink.",
    absent: "not asked",
    example: ["192.0.2.1"],
  }),
  toRule: field({
    schema: flag,
    doc: "Also makes the how-to's rule `to ADDRESS`. It never matches while table local stands at priority 0, which answers first.",
    absent: "false",
    example: true,
  }),
  mainDefault: field({
    schema: z.union(
      [textOf("the name of an uplink"), entriesOf(weight.schema, "{ isp1: 2, isp2: 1 }", textOf("the name of an uplink"))],
      "expected the name of an uplink, or weights by their names such as { isp1: 2, isp2: 1 }",
    ),
    doc: "The uplink whose gateway becomes the default of table main, for packets whose source is not chosen yet; or weights from 1 to 256 by the uplinks' names, by which they share new flows. Leave it out where DHCP, router advertisements or a network manager make it.",
    absent: "main is left as it is",
    example: "isp1",
  }),
  killSwitch: field({
    schema: flag,
    doc: "An unreachable route behind the default of each uplink's table: when the uplink is gone, packets from its address do not leave by another. It does not hold for sockets that are bound to a device.",
    absent: "false: they follow the next rules, to main's default",
    example: true,
  }),
  connmark: field({
    schema: flag,
    doc: "Rules for connection marks, before all others: published ports of containers, and all else that is forwarded, reply by the uplink they came by. The nft rules that set the marks are the output `nft`. Reverse path filters of the uplinks become loose.",
    absent: "false",
    example: true,
  }),
  priorityBase: field({
    schema: integer(priorities.advised, highestBase),
    doc: `Where the priorities begin; ${4 * block} from there on belong to this component, with \`prefer\` ${5 * block}.`,
    absent: String(defaultBase),
    example: defaultBase,
  }),
};
export type MultihomedValues = Values<typeof multihomedFields>;

export function settleMultihomed(values: MultihomedValues, pending: ReadonlySet<string>): Problem[] {
  if (pending.has("uplinks")) return [];
  const uplinks = Object.entries(values.uplinks ?? {});
  const problems: Problem[] = uplinks.length >= 1 ? [] : [{ path: ["uplinks"], text: "one or more are required" }];
  const saying = (uplink: UplinkValues, name: "table" | "address" | "name"): readonly unknown[] =>
    name === "address" ? addressesIn(uplink) : uplink[name] === undefined ? [] : [uplink[name]];
  for (const name of ["table", "address", "name"] as const)
    for (const [index, [label, uplink]] of uplinks.entries()) {
      const said = saying(uplink, name);
      const twin = uplinks.slice(0, index).find(([, other]) => saying(other, name).some((one) => said.includes(one)));
      if (twin !== undefined) problems.push({ path: ["uplinks", label, name], text: `is that of uplinks.${twin[0]} too` });
    }
  if (values.toRule === true && !pending.has("toRule"))
    for (const [label] of uplinks.filter(([, uplink]) => isAny(uplink)))
      problems.push({
        path: ["toRule"],
        text: `cannot be had with the address of uplinks.${label}, which is not known: it never matches anyway`,
      });
  if (values.mainDefault !== undefined && !pending.has("mainDefault")) problems.push(...mainDefaultProblems(values.mainDefault, uplinks));
  const base = pending.has("priorityBase") ? undefined : values.priorityBase;
  if (base !== undefined && base > highestBase - block && uplinks.some(([, { prefer }]) => prefer !== undefined))
    problems.push({ path: ["priorityBase"], text: `is at most ${highestBase - block} where an uplink has prefer` });
  return problems;
}

const isAny = ({ address, v6 }: UplinkValues): boolean => address === anyAddress || v6?.address === anyAddress;
/** Whoever gives its address or fills its table makes main's default as well. */
const isLeft = (uplink: UplinkValues): boolean =>
  isAny(uplink) || [uplink, uplink.v6].some((side) => side?.gateway === anyGateway || side?.gateway === managersGateway);
/** What a device has is its own. */
const addressesIn = ({ address, device }: UplinkValues): readonly unknown[] =>
  address === anyAddress ? [`${anyAddress} ${device}`] : literalAddresses(address);

function mainDefaultProblems(
  mainDefault: NonNullable<MultihomedValues["mainDefault"]>,
  uplinks: readonly (readonly [string, UplinkValues])[],
): Problem[] {
  const names = typeof mainDefault === "string" ? [mainDefault] : Object.keys(mainDefault);
  const unknown = names.filter((name) => !uplinks.some(([label]) => label === name));
  const labels = uplinks.map(([label]) => label).join(", ");
  if (names.length === 0) return [{ path: ["mainDefault"], text: "names no uplink" }];
  if (typeof mainDefault === "string" && unknown.length > 0)
    return [{ path: ["mainDefault"], text: `names none of the uplinks: ${labels}` }];
  return [
    ...unknown.map((name) => ({ path: ["mainDefault", name], text: `is none of the uplinks: ${labels}` })),
    ...uplinks
      .filter(([label, uplink]) => names.includes(label) && isLeft(uplink))
      .map(([label]) => ({
        path: ["mainDefault"],
        text: `names ${label}, of which main's default is made with its lease, or by another manager`,
      })),
    ...(names.length < 2 ? [] : uplinks)
      .filter(([label, { gateway, v6 }]) => names.includes(label) && (gateway === noGateway || v6?.gateway === noGateway))
      .map(([label]) => ({ path: ["mainDefault", label], text: "has no gateway: shares are kept by gateways" })),
  ];
}
