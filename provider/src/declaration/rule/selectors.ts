import { familyOf, isEverything, maskedPrefixSchema, networkOf, type Prefix, parsePrefix, printPrefix } from "../address";
import { attribute, has, type IpObject, numberAt, textAt } from "../attribute";
import { holdsBits, prefixBitsOf } from "../bits";
import { forAll, isDevice } from "../flow";
import { deviceSchema, switchedOn, u32 } from "../number";
import { z } from "../zod";
import { hex } from "./hex";
import { hasBits, type Masked, numberWith } from "./occurs";

/** `ip -j` shows a rule's prefix in two keys, with the host bits as they were given. */
function prefixAt(json: IpObject, key: string, lengthKey: string): Prefix | undefined {
  const address = textAt(json, key);
  if (address === undefined || address === "all") return undefined;
  const length = numberAt(json, lengthKey);
  return parsePrefix(length === undefined ? address : `${address}/${length}`);
}

/** The readers of such a prefix: what is compared, and what was given. */
const prefixUnder = (key: string, lengthKey: string) => ({
  observe: (json: IpObject) => {
    const prefix = prefixAt(json, key, lengthKey);
    return prefix === undefined ? undefined : printPrefix({ ...prefix, address: networkOf(prefix) });
  },
  given: (json: IpObject) => {
    const prefix = prefixAt(json, key, lengthKey);
    return prefix === undefined ? undefined : printPrefix(prefix);
  },
  json: [key, lengthKey],
});

const from = attribute({
  schema: maskedPrefixSchema,
  settle: (prefix) => (isEverything(prefix) ? undefined : prefix),
  words: (prefix) => ["from", prefix],
  ...prefixUnder("src", "srclen"),
  matcher: (text) => {
    const prefix = prefixBitsOf(text);
    return ({ fromBits }) => fromBits !== undefined && holdsBits(prefix, fromBits);
  },
  doc: "Source address or prefix of the packet. Host bits beyond the prefix are cleared, as the kernel ignores them.",
  absent: "any source",
  ip: "from PREFIX",
  example: "203.0.113.10",
});

const to = attribute({
  schema: maskedPrefixSchema,
  settle: (prefix) => (isEverything(prefix) ? undefined : prefix),
  words: (prefix) => ["to", prefix],
  ...prefixUnder("dst", "dstlen"),
  matcher: (text) => {
    const prefix = prefixBitsOf(text);
    return ({ toBits }) => holdsBits(prefix, toBits);
  },
  doc: "Destination address or prefix of the packet. Host bits beyond the prefix are cleared, as the kernel ignores them.",
  absent: "any destination",
  ip: "to PREFIX",
  example: "198.51.100.0/24",
});

const not = attribute({
  ...switchedOn,
  words: () => ["not"],
  observe: (json) => (has(json, "not") ? true : undefined),
  json: ["not"],
  doc: "Inverts the rule: it applies to packets that its selectors do not match.",
  ip: "not",
});

const iif = attribute({
  schema: deviceSchema,
  words: (device) => ["iif", device],
  observe: (json) => textAt(json, "iif"),
  json: ["iif", "iif_detached"],
  matcher: (device) => (packet) => isDevice(device, packet.iif ?? "lo", "iif", packet),
  exactly: { asked: (device) => device, had: ({ iif, vrf }) => (typeof vrf === "object" ? undefined : (iif ?? "lo")) },
  doc: "Device on which the packet came in; `lo` stands for packets that the host itself sends. The device need not exist yet.",
  absent: "any device",
  ip: "iif NAME",
  example: "eth1",
});

const oif = attribute({
  schema: deviceSchema,
  words: (device) => ["oif", device],
  observe: (json) => textAt(json, "oif"),
  json: ["oif", "oif_detached"],
  matcher: (device) => (packet) => isDevice(device, packet.oif, "oif", packet),
  exactly: { asked: (device) => device, had: ({ oif, vrf }) => (typeof vrf === "object" ? undefined : (oif ?? "")) },
  doc: "Device to which the sending socket is bound. It never matches forwarded packets. The device need not exist yet.",
  absent: "any socket",
  ip: "oif NAME",
  example: "eth1",
});

const markForm = /^(0x[0-9a-f]{1,8}|[0-9]{1,10})(?:\/(0x[0-9a-f]{1,8}|[0-9]{1,10}))?$/i;
const expectedMark = 'expected a mark such as 1, "0x1" or "0x1/0xff", with mark and mask from 0 to 0xffffffff';

/** A mark as it is declared, such as `0x1/0xff`. */
export function maskedOf(fwmark: string): Masked {
  const [value = 0, mask = 0] = fwmark.split("/").map(Number);
  return { value, mask };
}

const fwmark = attribute({
  schema: z.union([z.string(), z.number()], expectedMark).transform((input, context) => {
    const [, mark, mask = "0xffffffff"] = markForm.exec(String(input)) ?? [];
    if (mark !== undefined && Number(mark) <= u32 && Number(mask) <= u32) return `${hex(Number(mark))}/${hex(Number(mask))}`;
    context.addIssue(expectedMark);
    return z.NEVER;
  }),
  // A mark of which nothing is compared: the kernel keeps no trace of it.
  settle: (mark) => (mark === "0x0/0x0" ? undefined : mark),
  // Without a mask `fwmark 0` would match every packet, so the mask is always sent.
  words: (mark) => ["fwmark", mark],
  observe: (json) => {
    const mark = numberAt(json, "fwmark");
    return mark === undefined ? undefined : `${hex(mark)}/${hex(numberAt(json, "fwmask") ?? u32)}`;
  },
  json: ["fwmark", "fwmask"],
  matcher: (fwmark) => {
    const asked = maskedOf(fwmark);
    const fits = (mark: number): boolean => hasBits(asked, mark);
    return ({ mark, marks }) => (asked.mask === 0 ? true : mark === undefined ? forAll(marks ?? [], fits) : fits(mark));
  },
  occurs: (fits, not, { marks }) => {
    const [these, others] = [fits.map(maskedOf), not.map(maskedOf)];
    const isOne = (mark: number): boolean => these.every((one) => hasBits(one, mark)) && !others.some((one) => hasBits(one, mark));
    return marks === undefined ? numberWith(these, others) !== undefined : marks.some(isOne);
  },
  exactly: { asked: (fwmark) => (maskedOf(fwmark).mask === u32 ? maskedOf(fwmark).value : undefined), had: ({ mark }) => mark },
  doc: "Firewall mark of the packet, with an optional mask; decimal or hexadecimal. Without a mask the whole mark is compared.",
  absent: "any mark",
  ip: "fwmark MARK/MASK",
  example: "0x1/0xff",
});

/** The family that the prefixes of a rule imply; undefined when it names none. */
export function familyOfRule(rule: { from?: string; to?: string }): ReturnType<typeof familyOf> | undefined {
  const prefix = rule.from ?? rule.to;
  return prefix === undefined ? undefined : familyOf(prefix);
}

/** Which packets a rule applies to. */
export const ruleSelectors = { not, from, to, iif, oif, fwmark };
