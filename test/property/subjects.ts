import fc from "fast-check";
import type { Inputs } from "../../provider/src/declaration/attribute";
import { canonical } from "../../provider/src/declaration/canonical";
import { printProblem } from "../../provider/src/declaration/failures";
import type { Family } from "../../provider/src/declaration/family";
import { tagsOf } from "../../provider/src/declaration/owner";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import { type Route, settleRoute } from "../../provider/src/declaration/route/route";
import { oneActionOf } from "../../provider/src/declaration/rule/actions";
import { type Rule, ruleAttributes, settleRule } from "../../provider/src/declaration/rule/rule";
import { type LiteralRules, literally, ruleSetAttributes, settleRuleSet } from "../../provider/src/declaration/rule/ruleSet";
import type { Table } from "../../provider/src/declaration/tableNumber";
import type { Change, Wanted } from "../../provider/src/kernel/plan/change";
import { ownLine, type Register } from "../../provider/src/kernel/plan/register";
import { parseRegister } from "../unit/kernel/atOnce";

/** What the properties are about: rules and routes as people write them, from few values, so that they often meet. */
export type Input = Readonly<Record<string, unknown>>;

/** One generator an attribute: who adds an attribute must add its values here. */
type Fields<Table> = { [Name in keyof Table]-?: fc.Arbitrary<Inputs<Table>[Name] | undefined> };

const prefixes: Readonly<Record<Family, readonly [string, string, string, ...string[]]>> = {
  inet: ["198.18.1.2", "198.18.1.0/24", "198.18.1.77/24", "198.18.0.0/15", "0.0.0.0/0"],
  inet6: ["2001:db8:1::2", "2001:DB8:1::/64", "2001:db8:1::7/64", "2001:db8::/32", "::/0"],
};
const device = fc.constantFrom("e0", "e1", "absent0", "lo");

const noValue = fc.constant(undefined);

export const ruleFields = (family: Family): Fields<typeof ruleAttributes> => ({
  priority: fc.constant(1000),
  family: fc.constant(family),
  not: fc.boolean(),
  from: fc.constantFrom(...prefixes[family]),
  to: fc.constantFrom(...prefixes[family]),
  iif: device,
  oif: device,
  fwmark: fc.constantFrom("0x1/0xff", "1", 2, "0x1", "0", "0/0xff", "0x1/0", "0/0", "4294967295/0xFFFFFFFF"),
  tos: fc.constantFrom("0x10", 8, 0),
  dscp: fc.constantFrom("EF", 46, "cs1", "8/0x38"),
  flowlabel: family === "inet6" ? fc.constantFrom("0x12345", 7, "0x10000/0xf0000") : noValue,
  uidrange: fc.constantFrom("1000-1999", "0-0", 1000),
  ipproto: fc.constantFrom("tcp", 6, "icmp", 255),
  sport: fc.constantFrom(443, "443", "1000-2000", "80/0xfff0"),
  dport: fc.constantFrom(443, "1-65534", "1000-2000", "80/0xfff0"),
  tunId: fc.constantFrom(77, 78),
  table: fc.constantFrom<Table[]>(100, 101, 254, "main", "local", "default", 4294967295),
  goto: fc.constantFrom(2000, 2001),
  action: fc.constantFrom("blackhole", "unreachable", "prohibit", "nop"),
  l3mdev: fc.constantFrom(true, false),
  realms: family === "inet" ? fc.constantFrom<(string | number)[]>("3/4", 7, "3/0", "0/4") : noValue,
  suppressPrefixlength: fc.constantFrom(0, 24),
  suppressIfgroup: fc.constantFrom<("default" | number)[]>("default", 0, 5),
});

/** What cannot stand together: a rule does one thing, a VRF's rule takes the VRF's table, and `tos` and `dscp` look at the same byte. The last one named wins. */
const apart = [...oneActionOf, "l3mdev", "tos", "dscp"];
export function sensible(input: Input, winner?: string): Input {
  const kept = new Map(Object.entries(input).filter(([name, value]) => value !== undefined && !(name === "l3mdev" && value === false)));
  const first = [...(winner === undefined ? [] : [winner]), ...apart].filter((name) => kept.has(name));
  for (const group of [oneActionOf, ["l3mdev", "table"], ["tos", "dscp"]]) {
    const [stays, ...go] = first.filter((name) => kept.has(name) && group.some((one) => one === name));
    for (const name of go) if (name !== stays) kept.delete(name);
  }
  if (![...oneActionOf, "l3mdev"].some((name) => kept.has(name))) kept.set("table", 100);
  if (!kept.has("table")) for (const name of ["suppressPrefixlength", "suppressIfgroup"]) kept.delete(name);
  return Object.fromEntries(kept);
}

export const family: fc.Arbitrary<Family> = fc.constantFrom("inet", "inet6");

export const ruleInput = (of: Family, priority: fc.Arbitrary<number> = fc.constant(1000)): fc.Arbitrary<Input> =>
  fc.record({ ...ruleFields(of), priority }, { requiredKeys: ["priority", "family"] }).map((input) => sensible(input));

/** The same rule several times under foreign tags, some with host bits, and ours among them or not; another one that is wanted. */
export const twinRules = (of: Family) =>
  fc.record({
    of: fc.constant(of),
    input: ruleInput(of).map((input) => ({ ...input, from: prefixes[of][1] })),
    twins: fc.uniqueArray(fc.tuple(fc.constantFrom(prefixes[of][1], prefixes[of][2]), fc.constantFrom(4, 0, 18)), {
      selector: (pair) => pair.join(),
      minLength: 1,
      maxLength: 4,
    }),
    place: fc.option(fc.nat(4), { nil: undefined, freq: 2 }),
    other: fc.option(ruleInput(of), { nil: undefined, freq: 1 }),
    adopt: fc.boolean(),
  });

export const ruleFieldNames = Object.keys(ruleAttributes).filter((name) => name !== "priority" && name !== "family");

/** A rule, and the same with one field added, changed or left out. */
export const ruleUpdate = (of: Family): fc.Arbitrary<[Input, Input]> =>
  fc.tuple(ruleInput(of), fc.constantFrom(...ruleFieldNames), fc.record(ruleFields(of)), fc.boolean()).map(([old, name, donor, drop]) => {
    const value: unknown = drop ? undefined : Object.entries(donor).find(([key]) => key === name)?.[1];
    return [old, sensible({ ...old, [name]: value }, name)];
  });

const members: Readonly<Record<Family, readonly string[]>> = {
  inet: ["198.18.1.2", "198.18.2.2", "198.18.1.0/24", "198.18.0.0/15"],
  inet6: ["2001:db8:1::2", "2001:db8:2::2", "2001:db8:1::/64", "2001:db8::/32"],
};
const prefixList = (of: Family): fc.Arbitrary<readonly string[]> => fc.subarray([...members[of]], { maxLength: 3 });

/** A set of rules: of no, one or several sources and destinations. */
export const setInput = (of: Family, rest: fc.Arbitrary<Input> = ruleInput(of)): fc.Arbitrary<Input> =>
  fc.tuple(rest, prefixList(of), prefixList(of)).map(([{ not: _not, from: _from, to: _to, ...input }, from, to]) => ({
    ...input,
    ...(from.length === 0 ? {} : { from }),
    ...(to.length === 0 ? {} : { to }),
  }));

/** A set, and another one at its place: often the same but for its prefixes. */
export const setUpdate = (of: Family): fc.Arbitrary<[Input, Input]> =>
  setInput(of).chain((old) => fc.tuple(fc.constant(old), fc.oneof({ weight: 2, arbitrary: setInput(of, fc.constant(old)) }, setInput(of))));

export const addresses: Readonly<Record<Family, readonly [string, string]>> = {
  inet: ["198.18.1.2", "198.18.2.2"],
  inet6: ["2001:db8:1::2", "2001:db8:2::2"],
};
const destinations: Readonly<Record<Family, readonly [string, ...string[]]>> = {
  inet: ["default", "203.0.113.0/24", "203.0.113.9"],
  inet6: ["default", "2001:db8:9::/64", "2001:db8:9::9"],
};

/** Next hops that the kernel takes: both devices of the namespace have an address and a gateway on their link. */
export const hops: Readonly<Record<Family, readonly [Input, ...Input[]]>> = {
  inet: [
    { via: "198.18.1.1" },
    { via: "198.18.2.1", dev: "e1" },
    { via: "198.18.1.3", dev: "e0", onlink: true },
    { via: "203.0.113.77", dev: "e1", onlink: true },
    { via: "198.18.1.1", scope: "site" },
    { via: "fe80::1", dev: "e0" },
    { dev: "e0" },
    { dev: "e1", scope: "link" },
    { dev: "e1", scope: "global" },
    { dev: "e0", scope: "host" },
    { dev: "e0", type: "local" },
    { dev: "e0", type: "broadcast" },
    { dev: "e0", type: "anycast" },
    { dev: "e0", type: "multicast" },
    { dev: "e0", type: "multicast", scope: "global" },
    { type: "blackhole" },
    { type: "unreachable", scope: "link" },
    { type: "prohibit" },
    { type: "throw" },
  ],
  inet6: [
    { via: "2001:db8:1::1" },
    { via: "2001:db8:2::1", dev: "e1" },
    { via: "fe80::1", dev: "e0" },
    { via: "fe80::7", dev: "e1", onlink: true },
    { dev: "e0" },
    { dev: "e1", type: "unicast" },
    { dev: "e0", type: "local" },
    { dev: "e0", type: "multicast" },
    { type: "blackhole" },
    { type: "unreachable" },
    { type: "prohibit" },
    { type: "throw" },
  ],
};

/** Attributes of the key and `src`, each often left out. Type, scope, gateway, device and onlink come as whole next hops. */
const routeRest = (of: Family): fc.Arbitrary<Input> =>
  fc.record(
    {
      family: fc.constant(of),
      table: fc.constantFrom(100, 101),
      destination: fc.constantFrom(...destinations[of]),
      metric: fc.constantFrom(0, 50, 1024),
      tos: of === "inet" ? fc.constantFrom<(string | number | undefined)[]>("0x10", 8) : fc.constant(undefined),
      from: of === "inet6" ? fc.constantFrom<(string | undefined)[]>("2001:db8:1::/64", "::/0") : fc.constant(undefined),
      src: fc.constantFrom(...addresses[of]),
    },
    { requiredKeys: ["family", "table", "destination"] },
  );

export const isError = (type: unknown): boolean => ["blackhole", "unreachable", "prohibit", "throw"].includes(String(type));
/** Error types have no source, and a source is of the route's own family. */
const together = (rest: Input, hop: Input): Input => {
  const { src, ...keys } = rest;
  return isError(hop["type"]) || src === undefined ? { ...keys, ...hop } : { ...rest, ...hop };
};

export const routeInput = (of: Family): fc.Arbitrary<Input> =>
  fc.tuple(routeRest(of), fc.constantFrom(...hops[of])).map(([rest, hop]) => together(rest, hop));

/** A route, and the same with another next hop, or with one part of the rest changed: its key may change. */
export const routeUpdate = (of: Family): fc.Arbitrary<[Input, Input]> =>
  fc
    .tuple(
      routeRest(of),
      fc.constantFrom(...hops[of]),
      fc.constantFrom("hop", "table", "destination", "metric", "tos", "from", "src"),
      routeRest(of),
      fc.constantFrom(...hops[of]),
    )
    .map(([rest, hop, what, donor, otherHop]) => [
      together(rest, hop),
      what === "hop" ? together(rest, otherHop) : together({ ...rest, [what]: donor[what] }, hop),
    ]);

export const several: Readonly<Record<Family, readonly [Input[], ...Input[][]]>> = {
  inet: [
    [
      { via: "198.18.1.1", dev: "e0" },
      { via: "198.18.2.1", dev: "e1", weight: 3 },
    ],
    [{ dev: "e0" }, { via: "fe80::1", dev: "e1" }],
    [
      { via: "198.18.1.1", dev: "e0" },
      { via: "198.18.1.3", dev: "e0", onlink: true },
    ],
  ],
  inet6: [
    [
      { via: "2001:db8:1::1", dev: "e0" },
      { via: "fe80::1", dev: "e1", weight: 3 },
    ],
    [
      { via: "2001:db8:1::1", dev: "e0" },
      { via: "2001:db8:1::3", dev: "e0" },
      { via: "2001:db8:2::1", dev: "e1" },
    ],
  ],
};
export const sometimes = <Value>(...values: [Value, ...Value[]]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 });
const routeOptions = (of: Family): fc.Arbitrary<Input> =>
  fc.record({
    mtu: sometimes(1400, 1300),
    advmss: sometimes(1360),
    window: sometimes(65535),
    rtt: sometimes(200),
    rtoMin: sometimes(200),
    initcwnd: sometimes(10, 20),
    hoplimit: sometimes(64),
    quickack: sometimes(true, false),
    features: sometimes(true),
    congctl: sometimes("cubic", "reno"),
    realms: of === "inet" ? sometimes<string | number>("3/4", 7) : noValue,
    pref: of === "inet6" ? sometimes("low", "medium", "high") : noValue,
    nexthops: sometimes(...several[of]),
  });

/** The whole grammar: options that a route may carry, and several next hops instead of one. */
function withOptions(route: Input, { nexthops, realms, pref, ...metrics }: Input): Input {
  if (isError(route["type"])) return route;
  const { via: _via, dev: _dev, onlink: _onlink, scope: _scope, type: _type, ...rest } = route;
  return nexthops === undefined ? { ...route, ...metrics, realms, pref } : { ...rest, ...metrics, realms, pref, nexthops };
}

/** Like `routeUpdate`, with options before and after: equal ones often. */
export const wholeRouteUpdate = (of: Family): fc.Arbitrary<[Input, Input]> =>
  fc
    .tuple(routeUpdate(of), routeOptions(of), fc.option(routeOptions(of), { nil: undefined, freq: 1 }))
    .map(([[old, wanted], before, after]) => [withOptions(old, before), withOptions(wanted, after ?? before)]);

/** The same route at a key beside: the kernel's wildcards might take it for the other one. */
export const nearRoute = (of: Family, near: Input): fc.Arbitrary<Input> =>
  fc
    .record({
      metric: fc.constantFrom(undefined, 50, 1024),
      tos: of === "inet" ? fc.constantFrom(undefined, "0x10", 8) : noValue,
      from: of === "inet6" ? fc.constantFrom(undefined, "2001:db8:1::/64") : noValue,
    })
    .map((beside) => ({ ...near, ...beside }));

export function ruleSetOf(input: Input): LiteralRules {
  const { values, problems } = canonical(ruleSetAttributes, input, settleRuleSet);
  const { family: of, priority } = values;
  const set = of === undefined || priority === undefined ? undefined : literally({ ...values, family: of, priority });
  if (problems.length > 0 || set === undefined) throw new Error(`${JSON.stringify(input)}: ${problems.map(printProblem).join("; ")}`);
  return set;
}

export function ruleOf(input: Input): Rule {
  const { values, problems } = canonical(ruleAttributes, input, settleRule);
  const { family: of, priority } = values;
  if (problems.length > 0 || of === undefined || priority === undefined)
    throw new Error(`${JSON.stringify(input)}: ${problems.map(printProblem).join("; ")}`);
  return { ...values, family: of, priority };
}

export function routeOf(input: Input): Route {
  const { values, problems } = canonical(routeAttributes, input, settleRoute);
  const { family: of, destination, table } = values;
  if (problems.length > 0 || of === undefined || destination === undefined || table === undefined)
    throw new Error(`${JSON.stringify(input)}: ${problems.map(printProblem).join("; ")}`);
  return { ...values, family: of, destination, table };
}

export const tags = tagsOf(undefined);
export const stack = "organization/project/stack";

type Options = Partial<Pick<Change, "adopt" | "stack" | "tags" | "former" | "exclusive">>;

export function change(id: string, wanted: readonly Wanted[], options: Options = {}): Change {
  return { id, stack, tags, adopt: false, ...options, wanted };
}

/** A register in which some resource owns some keys. */
export function registerOf(owners: Readonly<Record<string, string>>): Register {
  return parseRegister(
    Object.entries(owners)
      .map(([key, id]) => `${ownLine(key, { id, stack })}\n`)
      .join(""),
  );
}

/** How many cases a property tries. */
export const runs = (usual: number): number => Number(process.env["RUNS"] ?? usual);
