import { attribute, numberAt, wordAt } from "../attribute";
import { forAll, type Packet } from "../flow";
import { integer, u32 } from "../number";
import { z } from "../zod";
import { hex, maskSince, within } from "./hex";
import { type Interval, liesIn, type Masked, numberWith } from "./occurs";
import { portAttribute } from "./ports";
import { protocolNames, protocolNumber } from "./protocols";

const expectedTos = 'expected a type of service such as 16 or "0x10", a multiple of 4';

/** IPv4 compares only the bits 0x1c of the byte, IPv6 the whole DSCP. */
const tosBits = { inet: 0x1c, inet6: 0xfc } as const;

const tos = attribute({
  schema: z.union([z.string(), z.number()], expectedTos).transform((input, context) => {
    const value = Number(input);
    if (/^(0x[0-9a-f]{1,2}|[0-9]{1,3})$/i.test(String(input)) && value <= 0xfc && value % 4 === 0) return hex(value);
    context.addIssue(expectedTos);
    return z.NEVER;
  }),
  settle: (value) => (Number(value) === 0 ? undefined : value),
  wrong: (value, { family }) =>
    family === "inet" && (Number(value) & ~tosBits.inet) !== 0 ? "for inet the kernel takes only 0x04 to 0x1c: use dscp" : undefined,
  words: (value) => ["tos", value],
  observe: (json) => {
    const value = numberAt(json, "tos");
    return value === undefined || value === 0 ? undefined : hex(value);
  },
  json: ["tos"],
  matcher: (text) => {
    const value = Number(text);
    return ({ family, tos: values }) => forAll(values, (one) => (one & tosBits[family]) === value);
  },
  doc: "Type of service of the packet: for inet the bits 0x04 to 0x1c, for inet6 the whole DSCP (0x04 to 0xfc).",
  absent: "any",
  ip: "tos TOS",
  example: "0x10",
});

/** RFC 2474, 2597, 3246, 5865, 8622: names that people write. */
const dscpNames: Readonly<Record<string, number>> = {
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`cs${n}`, 8 * n])),
  ...Object.fromEntries([1, 2, 3, 4].flatMap((klass) => [1, 2, 3].map((drop) => [`af${klass}${drop}`, 8 * klass + 2 * drop]))),
  ef: 46,
  "voice-admit": 44,
  le: 1,
};
const wholeDscp = 0x3f;
const expectedDscp = "expected a DSCP from 0 to 63 or a name such as EF, AF11 or CS1, with an optional mask such as 8/0x38";

const dscp = attribute({
  schema: z.union([z.string(), z.number()], expectedDscp).transform((input, context) => {
    const [, name = "", mask = hex(wholeDscp)] = /^([a-z0-9-]+)(?:\/(0x[0-9a-f]{1,2}|[0-9]{1,2}))?$/i.exec(String(input)) ?? [];
    const value = dscpNames[name.toLowerCase()] ?? (/^(0x[0-9a-f]{1,2}|[0-9]{1,2})$/i.test(name) ? Number(name) : Number.NaN);
    if (value >= 0 && value <= wholeDscp && Number(mask) <= wholeDscp && within(value, Number(mask)))
      return Number(mask) === wholeDscp ? String(value) : `${value}/${hex(Number(mask))}`;
    context.addIssue(expectedDscp);
    return z.NEVER;
  }),
  words: (value) => ["dscp", value],
  observe: (json) => {
    const value = numberAt(json, "dscp");
    const mask = numberAt(json, "dscp_mask") ?? wholeDscp;
    return value === undefined ? undefined : mask === wholeDscp ? String(value) : `${value}/${hex(mask)}`;
  },
  json: ["dscp", "dscp_mask"],
  since: { iproute2: "6.12", kernel: "6.12" },
  sinceOf: (value) => (value.includes("/") ? maskSince : undefined),
  matcher: (value) => {
    const [wanted = 0, mask = wholeDscp] = value.split("/").map(Number);
    return ({ tos: values }) => forAll(values, (one) => ((one >> 2) & mask) === (wanted & mask));
  },
  doc: `Differentiated services code point of the packet: a number or a name, with an optional mask (since iproute2 and Linux ${maskSince.kernel}). Not together with \`tos\`.`,
  absent: "any",
  ip: "dscp DSCP[/MASK]",
  example: "EF",
});

const wholeLabel = 0xfffff;
const expectedLabel = 'expected a flow label such as "0x12345" or "0x10000/0xf0000", from 0 to 0xfffff';

const flowlabel = attribute({
  schema: z.union([z.string(), z.number()], expectedLabel).transform((input, context) => {
    const [, label, mask = hex(wholeLabel)] =
      /^(0x[0-9a-f]{1,5}|[0-9]{1,7})(?:\/(0x[0-9a-f]{1,5}|[0-9]{1,7}))?$/i.exec(String(input)) ?? [];
    if (label !== undefined && Number(label) <= wholeLabel && Number(mask) <= wholeLabel && within(Number(label), Number(mask)))
      return `${hex(Number(label))}/${hex(Number(mask))}`;
    context.addIssue(expectedLabel);
    return z.NEVER;
  }),
  words: (value) => ["flowlabel", value],
  observe: (json) => {
    const label = numberAt(json, "flowlabel");
    return label === undefined ? undefined : `${hex(label)}/${hex(numberAt(json, "flowlabel_mask") ?? wholeLabel)}`;
  },
  json: ["flowlabel", "flowlabel_mask"],
  families: ["inet6"],
  since: { iproute2: "6.14", kernel: "6.14" },
  matcher: (value) => {
    const [wanted = 0, mask = wholeLabel] = value.split("/").map(Number);
    return ({ flowlabel: label }) => (label === undefined ? "unknown" : ((label ^ wanted) & mask) === 0);
  },
  occurs: (fits, not) => {
    const masked = (value: string): Masked => {
      const [wanted = 0, mask = wholeLabel] = value.split("/").map(Number);
      return { value: wanted, mask };
    };
    return numberWith(fits.map(masked), not.map(masked)) !== undefined;
  },
  doc: "Flow label of the IPv6 packet, with an optional mask.",
  absent: "any",
  ip: "flowlabel LABEL[/MASK]",
  example: "0x12345",
});

const expectedProtocol = `expected a protocol number from 1 to 255, or one of ${protocolNames.join(", ")}`;

const ipproto = attribute({
  schema: z.union([z.string(), z.number()], expectedProtocol).transform((input, context) => {
    const number = protocolNumber(String(input).toLowerCase()) ?? (/^[0-9]{1,3}$/.test(String(input)) ? Number(input) : 0);
    if (number >= 1 && number <= 255) return number;
    context.addIssue(expectedProtocol);
    return z.NEVER;
  }),
  words: (value) => ["ipproto", String(value)],
  observe: (json) => {
    const word = wordAt(json, "ipproto");
    const [, number] = /^(?:ipproto-)?([0-9]+)$/.exec(word) ?? [];
    return number === undefined ? protocolNumber(word) : Number(number);
  },
  json: ["ipproto"],
  matcher: (value) => (packet) => (packet.ipproto === undefined ? "unknown" : packet.ipproto === value),
  occurs: (fits, not) => new Set(fits).size <= 1 && !fits.some((one) => not.includes(one)),
  doc: "Protocol inside the IP packet: a name or a number.",
  absent: "any",
  ip: "ipproto PROTOCOL",
  example: "tcp",
});

const sport = portAttribute("sport", "Source");
const dport = portAttribute("dport", "Destination");

const userOf = ({ uid, iif }: Packet): number | undefined => (iif === undefined || iif === "lo" ? uid : 0);
const expectedUids = 'expected a user id or a range such as "1000-1999", from 0 to 4294967294';
const uidrange = attribute({
  schema: z.union([z.string(), z.number()], expectedUids).transform((input, context) => {
    const [, first, last = first] = /^([0-9]{1,10})(?:-([0-9]{1,10}))?$/.exec(String(input)) ?? [];
    if (first !== undefined && Number(first) <= Number(last) && Number(last) < u32) return `${Number(first)}-${Number(last)}`;
    context.addIssue(expectedUids);
    return z.NEVER;
  }),
  words: (value) => ["uidrange", value],
  observe: (json) => {
    const [first, last] = [numberAt(json, "uid_start"), numberAt(json, "uid_end")];
    return first === undefined || last === undefined ? undefined : `${first}-${last}`;
  },
  json: ["uid_start", "uid_end"],
  matcher: (value) => {
    const [first = 0, last = 0] = value.split("-").map(Number);
    return (packet) => {
      const user = userOf(packet);
      return user === undefined ? "unknown" : user >= first && user <= last;
    };
  },
  occurs: (fits, not) => {
    const interval = (value: string): Interval => {
      const [from = 0, to = from] = value.split("-").map(Number);
      return { from, to };
    };
    return liesIn({ from: 0, to: u32 }, fits.map(interval), not.map(interval));
  },
  exactly: {
    asked: (value) => {
      const [first, last] = value.split("-").map(Number);
      return first === last ? first : undefined;
    },
    had: userOf,
  },
  doc: "User ids of the sending process: one or a range. The kernel takes forwarded packets for those of user 0.",
  absent: "any",
  ip: "uidrange FIRST-LAST",
  example: "1000-1999",
});

const tunId = attribute({
  schema: integer(1, Number.MAX_SAFE_INTEGER),
  words: (value) => ["tun_id", String(value)],
  observe: (json) => numberAt(json, "tun_id"),
  json: ["tun_id"],
  matcher: (value) => (packet) => value === (packet.tunId ?? 0),
  doc: "Tunnel key of a packet that came out of a metadata tunnel (VXLAN, GRE).",
  absent: "any",
  ip: "tun_id ID",
  example: 77,
});

/** What of the packet's headers and sender a rule can look at. */
export const packetSelectors = { tos, dscp, flowlabel, uidrange, ipproto, sport, dport, tunId };
