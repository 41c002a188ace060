import { addressSchema, familyOf } from "./address";
import { type Field, field, type Values } from "./attribute";
import { objectOf } from "./canonical";
import type { Problem } from "./failures";
import type { Flow } from "./flow";
import { deviceSchema, integer, oneOf, u32 } from "./number";
import { type Table, tableSchema } from "./tableNumber";
import { z } from "./zod";

const hexOrDecimal = (most: number, expected: string) =>
  z.union([z.string(), z.number()], expected).transform((input, context) => {
    const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(String(input)) ? Number(input) : Number.NaN;
    if (value <= most) return value;
    context.addIssue(expected);
    return z.NEVER;
  });

/** Protocols that the kernel takes in a lookup with ports. */
const protocols = { tcp: 6, udp: 17, icmp: 1, "ipv6-icmp": 58 } as const;
const protocolNames = ["tcp", "udp", "icmp", "ipv6-icmp"] as const;

/** A part of the flow: `ip route get` takes it as these words. */
const part = <Value, Input>(words: (value: Value) => readonly string[], descriptor: Field<Value, Input>) => ({ ...descriptor, words });

export const flowFields = {
  to: part((value: string) => [value], { schema: addressSchema, doc: "Where the packet goes.", absent: "required", example: "192.0.2.1" }),
  from: part((value: string) => ["from", value], {
    schema: addressSchema,
    doc: "Its source address. For packets that the host itself sends it must be one of the host's.",
    absent: "not chosen yet",
    example: "203.0.113.10",
  }),
  iif: part((value: string) => ["iif", value], {
    schema: deviceSchema.refine((device) => device !== "lo", "leave iif out for packets that the host itself sends"),
    doc: "Device on which it came in.",
    absent: "the host itself sends it",
    example: "eth0",
  }),
  vrf: part((value: string) => ["vrf", value], {
    schema: deviceSchema,
    doc: "VRF to which the sending socket is bound. What came in by a device of a VRF has that device as `iif` instead.",
    absent: "none",
    example: "red",
  }),
  mark: part((value: number) => ["mark", String(value)], {
    schema: hexOrDecimal(u32, 'expected a mark such as 1 or "0x1"'),
    doc: "Its firewall mark; decimal or hexadecimal.",
    absent: "none",
    example: "0x1",
  }),
  ipproto: part((value: (typeof protocolNames)[number]) => ["ipproto", String(protocols[value])], {
    schema: oneOf(protocolNames),
    doc: "Protocol inside the IP packet: `tcp`, `udp`, `icmp` or `ipv6-icmp`.",
    absent: "none",
    example: "tcp",
  }),
  sport: part((value: number) => ["sport", String(value)], {
    schema: integer(1, 65534),
    doc: "Its source port.",
    absent: "none",
    example: 443,
  }),
  dport: part((value: number) => ["dport", String(value)], {
    schema: integer(1, 65534),
    doc: "Its destination port.",
    absent: "none",
    example: 443,
  }),
  uid: part((value: number) => ["uid", String(value)], {
    schema: integer(0, u32 - 1),
    doc: "User id of the sending process.",
    absent: "0, root",
    example: 1000,
  }),
  tos: part((value: number) => ["tos", String(value)], {
    schema: hexOrDecimal(0xff, 'expected a type of service such as 16 or "0x10"'),
    doc: "Its type of service.",
    absent: "0",
    example: "0x10",
  }),
};

const verdicts = ["unicast", "local", "blackhole", "prohibit", "unreachable"] as const;

const answerFields = {
  dev: field({ schema: deviceSchema, doc: "Device by which it must leave.", absent: "any", example: "eth1" }),
  via: field({ schema: addressSchema, doc: "Gateway by which it must leave.", absent: "any", example: "203.0.113.1" }),
  table: field<Table, Table>({ schema: tableSchema, doc: "Table whose route it must take.", absent: "any", example: 100 }),
  verdict: field({
    schema: oneOf(verdicts),
    doc: "What must become of it: `unicast` (it leaves), `local` (the host takes it), `blackhole`, `prohibit`, or `unreachable` (no route leads there, or one that says so).",
    absent: "unicast where dev, via or table is given",
    example: "unreachable",
  }),
};

const answers = ["dev", "via", "table", "verdict"] as const;

/** What a packet looks like, and where it must go. */
export const expectationFields = { ...flowFields, ...answerFields };
export type Expectation = Values<typeof expectationFields>;

const expected = 'expected an object such as { from: "203.0.113.10", to: "192.0.2.1", dev: "eth1" }';

function settleExpectation(values: Expectation, pending: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const { from, to, via, verdict } = values;
  if (to === undefined && !pending.has("to")) problems.push({ path: ["to"], text: "is required: an address such as 192.0.2.1" });
  if (answers.every((name) => values[name] === undefined && !pending.has(name)))
    problems.push({ path: [], text: "says no dev, via, table or verdict that is expected" });
  if (from !== undefined && to !== undefined && !pending.has("from") && !pending.has("to") && familyOf(from) !== familyOf(to))
    problems.push({ path: ["from"], text: "is of another address family than to" });
  if (verdict !== undefined && verdict !== "unicast" && verdict !== "local")
    for (const name of ["dev", "via", "table"] as const)
      if (values[name] !== undefined) problems.push({ path: [name], text: `has no meaning for verdict ${verdict}` });
  if (values.vrf !== undefined && values.iif !== undefined)
    problems.push({ path: ["vrf"], text: "cannot be combined with iif: it is for packets that the host itself sends" });
  if (verdict === "local" && via !== undefined) problems.push({ path: ["via"], text: "has no meaning for verdict local" });
  return problems;
}

export const expectationsSchema = z.array(objectOf(expectationFields, expected, settleExpectation), "expected a list of expectations");

/** The words of `ip route get`. The user id is always said: `ip` would take its own. */
export function lookupWords(expectation: Expectation): string[] {
  const values: Expectation = { uid: 0, ...expectation };
  const words = <Value>(value: Value | undefined, say: (value: Value) => readonly string[]) => (value === undefined ? [] : say(value));
  return [
    ...words(values.to, flowFields.to.words),
    ...words(values.from, flowFields.from.words),
    ...words(values.iif, flowFields.iif.words),
    ...words(values.vrf, flowFields.vrf.words),
    ...words(values.mark, flowFields.mark.words),
    ...words(values.tos, flowFields.tos.words),
    ...words(values.uid, flowFields.uid.words),
    ...words(values.ipproto, flowFields.ipproto.words),
    ...words(values.sport, flowFields.sport.words),
    ...words(values.dport, flowFields.dport.words),
  ];
}

/** The same as a flow, for a lookup in a state that is not there yet. */
export function flowOf({ to = "", from, iif, vrf, mark = 0, uid = 0, ipproto, sport, dport, tos = 0 }: Expectation): Flow {
  const port = (value: number | undefined) => (value === undefined ? undefined : { from: value, to: value });
  return {
    family: familyOf(to),
    from,
    to,
    iif,
    oif: vrf,
    mark,
    uid,
    ipproto: ipproto === undefined ? undefined : protocols[ipproto],
    sport: port(sport),
    dport: port(dport),
    tos: [tos],
  };
}

export const printExpectation = (expectation: Expectation): string => {
  const { dev, via, table, verdict } = expectation;
  const wanted = [
    ...(verdict === undefined ? [] : [verdict]),
    ...Object.entries({ dev, via, table }).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
  ];
  const { uid: _uid, ...said } = expectation;
  return `${lookupWords(expectation.uid === undefined ? said : expectation).join(" ")}: ${wanted.join(" ")}`;
};
