import fc from "fast-check";
import { canonical } from "../../provider/src/declaration/canonical";
import type { Family } from "../../provider/src/declaration/family";
import type { Flow } from "../../provider/src/declaration/flow";
import { ruleAttributes, settleRule } from "../../provider/src/declaration/rule/rule";
import { isBefore, needsOf } from "../../provider/src/kernel/plan/gate";
import { wordsOf } from "../../provider/src/kernel/words";
import { type Place, thisMachine } from "../lab/place";
import { ruleFields, sensible } from "../property/subjects";

/** A host to ask about: how it is made, in `ip` lines, and what is asked. */
export interface Scenario {
  /** What devices become before they have addresses. */
  readonly devices: readonly string[];
  readonly sysctls: readonly string[];
  readonly batches: readonly { readonly family: Family | undefined; readonly lines: readonly string[] }[];
  readonly flows: readonly Flow[];
}

const devices = ["e0", "e1", "e2", "e3"] as const;
const tables = [100, 101, 102, 103, "main", "default"] as const;
/** VRFs, whose tables are among those that all routes are drawn for. */
const vrfs = { red: 102, blue: 103 } as const;
const vrfNames = ["red", "blue"] as const;
const metrics = [undefined, undefined, 10, 20, 1024] as const;

/** The addresses of the devices, the second of e0 in the network of its first, those of e3 with another end. */
export const addresses = {
  inet: [
    "198.18.0.2/24 dev e0",
    "198.18.0.3/24 dev e0",
    "198.18.1.2/24 dev e1",
    "198.18.2.2/25 dev e2",
    "203.0.113.9/32 dev e2",
    "192.0.2.1/24 dev lo",
    "198.18.7.1 peer 198.18.7.9/32 dev e3",
    "198.18.8.1 peer 198.18.8.9/32 dev e3",
  ],
  inet6: [
    "2001:db8::2/64 dev e0 nodad",
    "2001:db8:0:1::2/64 dev e1 nodad",
    "2001:db8:0:2::2/64 dev e2 nodad",
    "fd00::9/128 dev e2 nodad",
    "2001:db8:99::1/64 dev lo",
  ],
} as const;
const gateways = {
  inet: [
    ["198.18.0.1", "e0"],
    ["198.18.0.254", "e0"],
    ["198.18.1.1", "e1"],
    ["198.18.2.1", "e2"],
    ["inet6 2001:db8:0:1::1", "e1"],
    ["inet6 fe80::1", "e3"],
    ["198.18.8.9", "e3"],
  ],
  inet6: [
    ["2001:db8::1", "e0"],
    ["2001:db8:0:1::1", "e1"],
    ["2001:db8:0:2::1", "e2"],
    ["fe80::1", "e3"],
  ],
} as const;
const prefixes = {
  inet: [
    "default",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.0/24",
    "10.1.2.3",
    "203.0.113.0/24",
    "198.18.0.0/24",
    "198.18.1.0/25",
    "198.18.0.0/15",
  ],
  inet6: [
    "default",
    "2000::/3",
    "2001:db8:a::/48",
    "2001:db8:a:1::/64",
    "2001:db8:a:1::3",
    "2001:db8::/32",
    "2001:db8:0:1::/64",
    "fd00::/8",
  ],
} as const;
const sources = {
  inet: [],
  inet6: ["2001:db8::/64", "2001:db8::2", "2001:db8:0:1::/64", "2001:db8::/32", "fd00::/8"],
} as const;
const selectors = {
  inet: [
    "198.18.0.2",
    "198.18.0.0/24",
    "198.18.1.2",
    "198.18.1.0/24",
    "198.18.0.0/15",
    "10.0.0.0/8",
    "10.1.2.0/23",
    "0.0.0.0/1",
    "0.0.0.0",
    "203.0.113.0/24",
  ],
  inet6: ["2001:db8::2", "2001:db8::/64", "2001:db8:0:1::/64", "2001:db8:a::/47", "2001:db8:a:1::/64", "::/1", "fd00::/8"],
} as const;
export const targets = {
  inet: [
    "10.1.2.3",
    "10.1.2.4",
    "10.1.9.9",
    "10.200.0.1",
    "203.0.113.9",
    "203.0.113.77",
    "198.18.0.1",
    "198.18.0.2",
    "198.18.0.3",
    "198.18.0.255",
    "198.18.0.0",
    "198.18.1.99",
    "198.18.1.200",
    "198.18.2.130",
    "198.18.3.3",
    "198.18.8.9",
    "127.0.0.1",
    "192.0.2.1",
    "192.0.2.77",
    "8.8.8.8",
    "200.1.1.1",
  ],
  inet6: [
    "2001:db8:a:1::3",
    "2001:db8:a:1::4",
    "2001:db8:a:2::1",
    "2001:db8:b::1",
    "2001:db8::2",
    "2001:db8::1",
    "2001:db8::",
    "2001:db8:0:1::77",
    "2001:db8:0:2::2",
    "2001:db8:99::1",
    "fd00::9",
    "fd12::1",
    "2a00::1",
    "4000::1",
  ],
} as const;
export const strangers = {
  inet: ["10.1.2.3", "8.8.8.8", "198.18.0.77", "198.18.1.77", "198.18.2.77", "203.0.113.50"],
  inet6: ["2001:db8:a:1::9", "2a00::9", "2001:db8::77", "fd00::77"],
} as const;
const own = {
  inet: ["198.18.0.2", "198.18.0.3", "198.18.1.2", "198.18.2.2", "203.0.113.9", "198.18.8.1"],
  inet6: ["2001:db8::2", "2001:db8:0:1::2", "2001:db8:0:2::2", "fd00::9"],
} as const;

const oneOf = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
/** One in `n` has a value. */
const seldom = <Value>(n: number, values: readonly Value[]): fc.Arbitrary<Value | undefined> =>
  fc.integer({ min: 1, max: n }).chain((drawn) => (drawn === 1 ? oneOf(values) : fc.constant(undefined)));
const word = (name: string, value: unknown): string[] => (value === undefined ? [] : [`${name} ${value}`]);

/** `via GATEWAY dev DEVICE`, or the device alone. */
const hop = (family: Family) =>
  fc.oneof(
    oneOf<readonly [string, string]>(gateways[family]).map(([via, dev]) => `via ${via} dev ${dev}`),
    { weight: 1, arbitrary: oneOf(devices).map((dev) => `dev ${dev}`) },
  );

const objectIds = { inet: [1, 2, 3, 4, 10, 11], inet6: [21, 22, 23, 24, 30, 31] } as const;
const nextHopObjects = (family: Family): string[] => {
  const [a, b, c, d, group, weighted] = objectIds[family];
  const [first, , third, fourth] = gateways[family];
  return [
    `nexthop add id ${a} via ${first[0]} dev ${first[1]}`,
    `nexthop add id ${b} via ${third[0]} dev ${third[1]}`,
    `nexthop add id ${c} via ${fourth[0]} dev ${fourth[1]}`,
    `nexthop add id ${d} blackhole`,
    `nexthop add id ${group} group ${a}/${b}`,
    `nexthop add id ${weighted} group ${a},3/${c}`,
  ];
};

const target = (family: Family): fc.Arbitrary<readonly [type: string, words: string]> =>
  fc.oneof(
    { weight: 6, arbitrary: hop(family).map((words) => ["", words] as const) },
    {
      weight: 2,
      arbitrary: fc
        .array(hop(family), { minLength: 2, maxLength: 3 })
        .map((hops) => ["", hops.map((one) => `nexthop ${one}`).join(" ")] as const),
    },
    { weight: 2, arbitrary: oneOf(objectIds[family]).map((id) => ["", `nhid ${id}`] as const) },
    { weight: 2, arbitrary: oneOf(["blackhole", "unreachable", "prohibit", "throw"]).map((type) => [type, ""] as const) },
    // Of any table: transparent proxies and whole networks of own addresses.
    { weight: 1, arbitrary: oneOf(["lo", ...devices]).map((dev) => ["local", `dev ${dev}`] as const) },
  );

const route = (family: Family): fc.Arbitrary<string> =>
  fc
    .record({
      verb: fc.oneof({ weight: 8, arbitrary: fc.constant("add") }, { weight: 1, arbitrary: fc.constant("append") }),
      to: oneOf<string>(prefixes[family]),
      table: oneOf(tables),
      metric: oneOf(metrics),
      tos: family === "inet" ? seldom(8, ["0x10", "0x08", "0x30"]) : fc.constant(undefined),
      from: family === "inet6" ? seldom(4, sources.inet6) : fc.constant(undefined),
      src: seldom(5, own[family]),
      pref: family === "inet6" ? seldom(6, ["low", "high"]) : fc.constant(undefined),
      target: target(family),
    })
    .map(({ verb, to, table, metric, tos, from, src, pref, target: [type, words] }) =>
      [
        `route ${verb}`,
        ...(type === "" ? [] : [type]),
        to,
        ...word("from", from),
        ...word("tos", tos),
        ...word("table", table),
        ...word("metric", metric),
        ...(type === "" ? [...word("src", src), ...word("pref", pref)] : []),
        words,
      ]
        .join(" ")
        .trim(),
    );

/** A source-specific route that is refused, for there is one at its key, makes the kernel lose sight of that one: each key once. */
function withoutRefused(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const [key] = /\S+ from \S+( table \S+)?( metric \S+)?/.exec(line.replace(" metric 1024", "")) ?? [];
    if (key !== undefined && seen.has(key)) return false;
    if (key !== undefined) seen.add(key);
    return true;
  });
}

const rule = (family: Family, { withVrfs, iproute2 }: Kind): fc.Arbitrary<string> => {
  const common = ruleFields(family);
  const fields = {
    ...common,
    priority: oneOf([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000]),
    from: oneOf<string>(selectors[family]),
    to: oneOf<string>([...selectors[family], ...prefixes[family].slice(3)]),
    iif: oneOf<string>(["lo", ...devices, ...(withVrfs ? vrfNames : []), "absent0"]),
    oif: oneOf<string>([...devices, ...(withVrfs ? vrfNames : []), "absent0"]),
    table: oneOf<number | "main" | "default">([...tables, 104]),
    goto: oneOf([300, 500, 800, 1000, 2000, 1500]),
  };
  const odds: Partial<Record<string, number>> = {
    priority: 100,
    family: 100,
    from: 30,
    to: 20,
    table: 100,
    action: 12,
    goto: 10,
    suppressPrefixlength: 15,
    suppressIfgroup: 6,
    not: 15,
    fwmark: 15,
    iif: 12,
    oif: 8,
    l3mdev: 12,
    tunId: 2,
  };
  return fc
    .record(Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, fc.tuple(fc.integer({ min: 0, max: 99 }), values)])))
    .map((drawn) => {
      const chosen = Object.entries(drawn).filter(([name, [odd]]) => odd < (odds[name] ?? 5));
      return sensible(Object.fromEntries(chosen.map(([name, [, value]]) => [name, value])));
    })
    .map((input) => canonical(ruleAttributes, input, settleRule))
    .filter(
      ({ values, problems }) =>
        problems.length === 0 && needsOf(ruleAttributes, values).every((need) => !isBefore(iproute2, need.iproute2)),
    )
    .map(({ values }) => `rule add ${wordsOf(ruleAttributes, values).join(" ")}`);
};

const protocols = { inet: [6, 17, 1], inet6: [6, 17, 58] } as const;
const port = seldom(2, [443, 80, 1000, 1500, 2000, 50000]).map((number = 0) => ({ from: number, to: number }));

const flow = (family: Family, { withVrfs }: Kind): fc.Arbitrary<Flow> =>
  fc
    .record({
      to: oneOf<string>(targets[family]),
      kind: fc.integer({ min: 0, max: 9 }),
      own: oneOf<string>(own[family]),
      stranger: oneOf<string>([...strangers[family], ...own[family], ...(family === "inet" ? ["127.0.0.5"] : [])]),
      dev: withVrfs ? oneOf<string>([...devices, ...vrfNames, ...vrfNames]) : oneOf<string>(devices),
      mark: oneOf([0, 0, 1, 2, 0x101, 0xffffffff]),
      uid: oneOf([0, 1000, 1999, 2000, 4294967295]),
      ipproto: oneOf<number>(protocols[family]),
      sport: port,
      dport: port,
      tos: oneOf([0, 0, 0x10, 0x08, 0x30, 0xb8, 0x20]),
    })
    .map(({ to, kind, own: mine, stranger, dev, tos, ...rest }) => {
      const base = { family, to, tos: [tos], flowlabel: 0, ...rest };
      // `route get` cannot ask for IPv6 packets that came in (it looks at the device they came by), nor for an IPv6 socket that is bound to a device and an address.
      if (kind < 3) return family === "inet" ? { ...base, from: stranger, iif: dev } : { ...base, from: stranger };
      if (kind < 5) return { ...base, oif: dev, ...(family === "inet" && kind === 3 ? { from: mine } : {}) };
      return kind < 8 ? { ...base, from: mine } : base;
    });

const sysctl = fc.record({
  linkdown: oneOf(["none", "each", "all"]),
  localnet: oneOf([undefined, undefined, "all", "e0"]),
  filters: fc.array(oneOf([0, 0, 1, 2]), { minLength: devices.length, maxLength: devices.length }),
  all: oneOf([0, 0, 0, 1, 2]),
  vmark: fc.boolean(),
  forwarding: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn > 0),
});

function sysctlLines({
  linkdown,
  localnet,
  filters,
  all,
  vmark,
  forwarding,
}: typeof sysctl extends fc.Arbitrary<infer Value> ? Value : never): string[] {
  // In one write: up to 6.1 the kernel takes the first byte of `echo` only, and dash complains.
  const set = (path: string, value: number | boolean): string => `printf ${Number(value)} >/proc/sys/net/${path}`;
  return [
    set("ipv4/ip_forward", forwarding),
    set("ipv6/conf/all/forwarding", true),
    set("ipv4/conf/all/rp_filter", all),
    ...["ipv4", "ipv6"].map((family) => set(`${family}/conf/all/ignore_routes_with_linkdown`, linkdown === "all")),
    ...devices.flatMap((dev, index) => [
      set(`ipv4/conf/${dev}/rp_filter`, filters[index] ?? 0),
      set(`ipv4/conf/${dev}/src_valid_mark`, vmark),
      set(`ipv4/conf/${dev}/ignore_routes_with_linkdown`, linkdown === "each"),
      set(`ipv6/conf/${dev}/ignore_routes_with_linkdown`, linkdown === "each"),
    ]),
    ...(localnet === undefined ? [] : [set(`ipv4/conf/${localnet}/route_localnet`, true)]),
  ];
}

const both = <Value>(of: (family: Family) => fc.Arbitrary<Value>) => fc.record({ inet: of("inet"), inet6: of("inet6") });

interface Kind {
  readonly withVrfs: boolean;
  /** Of the host that is to have the rules. */
  readonly iproute2: string;
}

/** Devices of the host that are moved into VRFs; with some of these, the rule of VRFs stands elsewhere or is missing. */
const vrfLines = fc
  .record({ slaves: fc.tuple(...devices.map(() => oneOf([...vrfNames, ...vrfNames, undefined]))), own: fc.boolean(), rule: fc.nat(9) })
  .map(({ slaves, own, rule: place }) => ({
    devices: [
      ...vrfNames.flatMap((name) => [`link add ${name} type vrf table ${vrfs[name]}`, `link set ${name} up`]),
      ...devices.flatMap((dev, index) => (slaves[index] === undefined ? [] : [`link set ${dev} master ${slaves[index]}`])),
      ...(own ? ["address add 198.18.100.1/32 dev red", "address add 2001:db8:100::1/128 dev red nodad"] : []),
    ],
    rules: place === 0 ? ["rule del pref 1000"] : place === 1 ? ["rule add pref 350 l3mdev", "rule del pref 1000"] : [],
  }));
const noVrfs = fc.constant<{ devices: string[]; rules: string[] }>({ devices: [], rules: [] });

/** A host and `flows` questions about it; with devices in VRFs or without. */
export const scenario = (flows: number, withVrfs = false, { iproute2 }: Place = thisMachine): fc.Arbitrary<Scenario> =>
  fc
    .record({
      sysctls: sysctl.map(sysctlLines),
      routes: both((family) => fc.array(route(family), { minLength: 5, maxLength: 40 })),
      rules: both((family) => fc.array(rule(family, { withVrfs, iproute2 }), { minLength: 0, maxLength: 14 })),
      vrf: withVrfs ? vrfLines : noVrfs,
      noLocal: fc.integer({ min: 0, max: 19 }),
      downs: fc.array(
        fc
          .tuple(oneOf(["e0", "e1", "e2", "e3"]), fc.boolean())
          .map(([dev, carrier]) => `link set ${carrier ? dev.replace("e", "p") : dev} down`),
        { maxLength: 2 },
      ),
      flows: both((family) => fc.array(flow(family, { withVrfs, iproute2 }), { minLength: flows / 2, maxLength: flows / 2 })),
    })
    .map(({ sysctls, routes, rules, vrf, noLocal, downs, flows: asked }) => ({
      devices: vrf.devices,
      sysctls,
      batches: [
        { family: undefined, lines: ["link set e3 group 5", ...nextHopObjects("inet"), ...nextHopObjects("inet6")] },
        {
          family: "inet" as const,
          lines: [
            // Before the first rule, IPv4 keeps the tables local and main in one: see the known limits.
            "rule add pref 32000 nop",
            ...routes.inet,
            ...rules.inet,
            ...vrf.rules,
            ...(noLocal === 0 ? ["rule add pref 150 table local", "rule del pref 0"] : []),
          ],
        },
        { family: "inet6" as const, lines: [...withoutRefused(routes.inet6), ...rules.inet6, ...vrf.rules] },
        // Where the last other route at a source-specific route's destination is taken away, the kernel may lose sight of the latter.
        { family: undefined, lines: routes.inet6.some((one) => one.includes(" from ")) ? [] : downs },
      ],
      flows: [...asked.inet, ...asked.inet6],
    }));

/** How every host begins: devices, and then their addresses. */
export const links: readonly string[] = [
  "link set lo up",
  ...devices.flatMap((dev, index) => [`link add ${dev} type veth peer name p${index}`, `link set ${dev} up`, `link set p${index} up`]),
];
export const addressed: readonly string[] = [...addresses.inet, ...addresses.inet6].map((address) => `address add ${address}`);
