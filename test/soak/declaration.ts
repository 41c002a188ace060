import { z } from "zod";
import type { Fields } from "./protocol";
import {
  defined,
  type Family,
  type Json,
  nexthopKey,
  nexthopText,
  routeKey,
  routeText,
  ruleKey,
  ruleText,
  slotOf,
  sysctlKey,
  tableKey,
} from "./words";

const kinds = ["PolicyRule", "PolicyRoute", "NextHop", "RoutingTable", "HostRouting"] as const;
export type Kind = (typeof kinds)[number];

/** What somebody may declare on a host, and what must then be seen of it, by slot, told in other words than the product's. */
export interface Declaration {
  readonly kind: Kind;
  readonly fields: Fields;
  readonly tag: number;
  readonly shown: ReadonlyMap<string, string>;
}

export const declarationOf = (kind: Kind, fields: Fields, tag: number): Declaration => ({
  kind,
  fields,
  tag,
  shown: new Map(kind === "HostRouting" ? wholeOf(fields, tag) : [entryOf[kind](fields, tag)]),
});

type Shown = [slot: string, text: string];
const blackhole = 6;

const entryOf: Readonly<Record<Exclude<Kind, "HostRouting">, (fields: Fields, tag: number) => Shown>> = {
  PolicyRule: (fields, tag) => {
    const family = familyOf(fields);
    const [fwmark, fwmask] = typeof fields["fwmark"] === "string" ? fields["fwmark"].split("/") : [];
    const { from, to, iif, ipproto, dport, table, action } = fields;
    const json = {
      ...prefixed("src", from ?? "all"),
      ...prefixed("dst", to),
      ...defined({ iif, dport, fwmark, fwmask, table, action: action === undefined ? undefined : blackhole }),
      ...defined({ ipproto: ipproto === undefined ? undefined : protocolNumbers.get(String(ipproto)) }),
    };
    return [slotOf(ruleKey(fields, family), tag), ruleText(json)];
  },
  PolicyRoute: (fields, tag) => {
    const family = familyOf(fields);
    const {
      table,
      destination: dst,
      metric = family === "inet6" ? 1024 : undefined,
      via: gateway,
      dev,
      src: prefsrc,
      type,
      nhid,
      mtu,
    } = fields;
    const metrics = mtu === undefined ? undefined : [{ mtu }];
    const json = defined({ gateway, dev, prefsrc, nhid, metrics, type: type === undefined ? undefined : blackhole });
    return [slotOf(routeKey(defined({ table, dst, metric }), family), tag), routeText(json)];
  },
  NextHop: (fields, tag) => {
    const { nhid, via: gateway, dev, group } = fields;
    const members = group === undefined ? undefined : groupMembers.parse(group).map(({ nhid: id, weight }) => defined({ id, weight }));
    const json: Json = { ...defined({ gateway, dev, group: members }), ...(fields["blackhole"] === true ? { blackhole: null } : {}) };
    return [slotOf(nexthopKey({ id: nhid }), tag), nexthopText(json)];
  },
  RoutingTable: ({ tableId, name }) => [tableKey(String(tableId)), String(name)],
};

const groupMembers = z.array(z.object({ nhid: z.number(), weight: z.number().optional() }));
const familyOf = (fields: Fields): Family => (fields["family"] === "inet6" ? "inet6" : "inet");

/** As declared, and as read back. */
const protocolNumbers = new Map([
  ["tcp", "ipproto-6"],
  ["6", "ipproto-6"],
  ["udp", "ipproto-17"],
  ["17", "ipproto-17"],
]);

function prefixed(name: "src" | "dst", prefix: unknown): Fields {
  const [address, length] = typeof prefix === "string" ? prefix.split("/") : [];
  return defined({ [name]: address, [`${name}len`]: length });
}

const labelled = z.record(z.string(), z.record(z.string(), z.unknown())).default({});
const whole = z.object({
  tables: labelled,
  nexthops: labelled,
  routes: labelled,
  rules: labelled,
  reversePathFilter: z.record(z.string(), z.string()).default({}),
  arpIgnore: z.record(z.string(), z.string()).default({}),
  arpAnnounce: z.record(z.string(), z.string()).default({}),
});

/** Settings of devices: the field, the kernel's file, and its number for each word. */
export const settings = [
  { field: "reversePathFilter", file: "rp_filter", numbers: { off: 0, strict: 1, loose: 2 } },
  { field: "arpIgnore", file: "arp_ignore", numbers: { any: 0, sameDevice: 1, sameSubnet: 2 } },
  { field: "arpAnnounce", file: "arp_announce", numbers: { any: 0, sameSubnet: 1, best: 2 } },
] as const;

function wholeOf(fields: Fields, tag: number): Shown[] {
  const { tables, nexthops, routes, rules, ...words } = whole.parse(fields);
  const set = settings.flatMap(({ field, file, numbers }) =>
    Object.entries(words[field]).map(([device, word]): Shown => {
      const [, number] = Object.entries(numbers).find(([name]) => name === word) ?? [];
      return [sysctlKey(file, device), String(number)];
    }),
  );
  return [
    ...Object.values(tables).map((one) => entryOf.RoutingTable(one, tag)),
    ...Object.values(nexthops).map((one) => entryOf.NextHop(one, tag)),
    ...Object.values(routes).map((one) => entryOf.PolicyRoute(one, tag)),
    ...Object.values(rules).map((one) => entryOf.PolicyRule(one, tag)),
    ...set,
  ];
}
