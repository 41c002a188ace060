import fc from "fast-check";
import type { AttributeTable, Since } from "../../provider/src/declaration/attribute";
import { canonical } from "../../provider/src/declaration/canonical";
import { printProblem } from "../../provider/src/declaration/failures";
import type { Family } from "../../provider/src/declaration/family";
import { nexthopAttributes } from "../../provider/src/declaration/nexthop/attributes";
import { settleNexthop } from "../../provider/src/declaration/nexthop/nexthop";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import { settleRoute } from "../../provider/src/declaration/route/route";
import { ruleAttributes, settleRule } from "../../provider/src/declaration/rule/rule";
import { wantedNexthop } from "../../provider/src/kernel/nexthop/nexthop";
import type { Wanted } from "../../provider/src/kernel/plan/change";
import { isBefore } from "../../provider/src/kernel/plan/gate";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import {
  addresses,
  hops,
  type Input,
  isError,
  routeOf,
  ruleFieldNames,
  ruleFields,
  ruleInput,
  ruleOf,
  sensible,
  several,
} from "../property/subjects";

/** An object, and the same with one field changed. `index` makes its key its own. */
export type Pair = readonly [old: Input, wanted: Input];

/** One kind of object that is made by the thousand. */
export interface Subject {
  readonly kind: string;
  readonly table: AttributeTable;
  /** The canonical form, its keys in one order. */
  form(input: Input): Input;
  wanted(input: Input): Wanted;
  pair(of: Family, index: number): fc.Arbitrary<Pair>;
  /** The nearest object without an attribute. */
  without(input: Input, attribute: string): Input;
}

const omit = (input: Input, ...names: string[]): Input =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));

/** What next hop objects there are for routes and groups: made by `bases`. */
export const bases: Readonly<Record<Family, readonly [number, number]>> = { inet: [1, 2], inet6: [3, 4] };
export const baseObjects: readonly string[] = [
  "id 1 via 198.18.1.1 dev e0",
  "id 2 via 198.18.2.1 dev e1",
  "id 3 via 2001:db8:1::1 dev e0",
  "id 4 via 2001:db8:2::1 dev e1",
];

function formOf(table: AttributeTable, input: Input, { values, problems }: ReturnType<typeof canonical>): Input {
  if (problems.length > 0) throw new Error(`${JSON.stringify(input)}: ${problems.map(printProblem).join("; ")}`);
  return Object.fromEntries(
    Object.keys(table).flatMap((name) => (name in values ? [[name, Object.entries(values).find(([key]) => key === name)?.[1]]] : [])),
  );
}

const rules: Subject = {
  kind: "rule",
  table: ruleAttributes,
  form: (input) => formOf(ruleAttributes, input, canonical(ruleAttributes, input, settleRule)),
  wanted: (input) => wantedRule(ruleOf(input)),
  without: (input, attribute) => omit(input, attribute),
  // Each attribute in its turn has a value, then another one or none.
  pair: (of, index) => {
    const turn = ruleFieldNames[index % ruleFieldNames.length] ?? "from";
    const place = index % 1000; // a rule that it may go to comes behind all of them
    const value = fc.record(ruleFields(of)).map((fields) => Object.entries(fields).find(([name]) => name === turn)?.[1]);
    return fc
      .record({
        base: ruleInput(of),
        kept: fc.option(fc.subarray(ruleFieldNames, { maxLength: 3 }), { nil: undefined, freq: 1 }),
        old: value,
        wanted: fc.option(value, { nil: undefined }),
        moves: fc.nat(20),
      })
      .map(({ base, kept, old, wanted, moves }) => {
        const rest = Object.fromEntries(
          Object.entries(base).filter(([name]) => kept === undefined || kept.includes(name) || name === "family"),
        );
        return [
          { ...sensible({ ...rest, [turn]: old }, turn), priority: 1000 + place },
          { ...sensible({ ...rest, [turn]: wanted }, turn), priority: (moves === 0 ? 500 : 1000) + place },
        ];
      });
  },
};

export const encaps = (of: Family): [string, ...string[]] => [
  "ip id 100 dst 10.5.5.5",
  "ip src 10.0.0.2 dst 10.5.5.5 ttl 64 tos 4 key csum seq",
  "ip6 id 7 src fd00::2 dst FD00::9 hoplimit 5 tc 8",
  "seg6 mode encap segs fd00::a,fd00::b",
  "seg6 mode encap.red segs fd00::a hmac 5",
  ...(of === "inet"
    ? []
    : [
        "seg6 mode inline segs fd00::a",
        "seg6local action End.X nh6 fd00::1",
        "seg6local action End.DT6 table 254",
        "seg6local action End flavors psp",
      ]),
];

export const gateway: Readonly<Record<Family, string>> = { inet: "198.18.1.1", inet6: "2001:db8:1::1" };

/** Where packets go: one next hop with or without a tunnel, several, or an object. */
const ways = (of: Family): fc.Arbitrary<Input> =>
  fc.oneof(
    fc.constantFrom(...hops[of]),
    fc.constantFrom(...several[of]).map((nexthops) => ({ nexthops })),
    fc.constantFrom(...encaps(of)).map((encap) => ({ via: gateway[of], dev: "e0", encap })),
    fc.constantFrom(...encaps(of)).map((encap) => ({
      nexthops: [
        { via: gateway[of], dev: "e0", encap, weight: 2 },
        { via: gateway[of], dev: "e0" },
      ],
    })),
    fc.constantFrom(...bases[of]).map((nhid) => ({ nhid })),
  );

const noValue = fc.constant(undefined);
export const options = (of: Family): Readonly<Record<string, fc.Arbitrary<unknown>>> => ({
  src: fc.constantFrom(...addresses[of]),
  realms: of === "inet" ? fc.constantFrom<(string | number)[]>("3/4", 7, "3/0") : noValue,
  pref: of === "inet6" ? fc.constantFrom("low", "medium", "high") : noValue,
  expires: of === "inet6" ? fc.constantFrom(3600, 86400) : noValue,
  mtu: fc.constantFrom(1400, 1300),
  mtuLock: fc.constantFrom(true, false),
  advmss: fc.constantFrom(1360, 1),
  advmssLock: fc.constantFrom(true, false),
  window: fc.constantFrom(65535, 4294967295),
  windowLock: fc.constantFrom(true, false),
  rtt: fc.constantFrom(200, 1),
  rttvar: fc.constantFrom(50, 7),
  rtoMin: fc.constantFrom(200, 5),
  ssthresh: fc.constantFrom(10, 4294967295),
  ssthreshLock: fc.constantFrom(true, false),
  cwnd: fc.constantFrom(20, 21),
  cwndLock: fc.constantFrom(true, false),
  initcwnd: fc.constantFrom(10, 20),
  initcwndLock: fc.constantFrom(true, false),
  initrwnd: fc.constantFrom(10, 20),
  initrwndLock: fc.constantFrom(true, false),
  reordering: fc.constantFrom(3, 300),
  hoplimit: fc.constantFrom(64, 255),
  quickack: fc.constantFrom(true, false),
  fastopenNoCookie: fc.constantFrom(true, false),
  features: fc.constantFrom(true, false),
  congctl: fc.constantFrom("cubic", "reno"),
  congctlLock: fc.constantFrom(true, false),
});

export const keys = (of: Family): Readonly<Record<string, fc.Arbitrary<unknown>>> => ({
  metric: fc.constantFrom(0, 50, 1024, 4294967295),
  tos: of === "inet" ? fc.constantFrom<(string | number)[]>("0x10", 8, 0) : noValue,
  from: of === "inet6" ? fc.constantFrom("2001:db8:1::/64", "2001:db8:1::2", "::/0") : noValue,
});

/** Each there or not. */
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fc.option(value, { nil: undefined })])));

export const locks: readonly (readonly [string, string])[] = [
  "mtu",
  "advmss",
  "window",
  "ssthresh",
  "cwnd",
  "initcwnd",
  "initrwnd",
  "congctl",
].map((name) => [`${name}Lock`, name]);

/** What the kernel or the checks would refuse together. */
function possible(way: Input, key: Input, option: Input): Input {
  if (isError(way["type"])) return { ...key, ...way };
  const kept = { ...option };
  for (const [lock, name] of locks) if (kept[name] === undefined) delete kept[lock];
  if (way["nhid"] !== undefined || way["nexthops"] !== undefined) delete kept["realms"];
  const { from: _from, ...rest } = key;
  return { ...(way["nhid"] === undefined ? key : rest), ...kept, ...way };
}

const routes: Subject = {
  kind: "route",
  table: routeAttributes,
  form: (input) => formOf(routeAttributes, input, canonical(routeAttributes, input, settleRoute)),
  wanted: (input) => wantedRoute(routeOf(input)),
  without: (input, attribute) => ({ ...omit(input, attribute), ...(attribute === "nexthops" ? { dev: "e0" } : {}) }),
  // Every third changes where packets go; of the others each attribute in its turn has a value, then another one or none.
  pair: (of, index) => {
    const values = { ...keys(of), ...options(of) };
    const names = [...Object.keys(values), "table"];
    const turn = index % 3 === 0 ? "way" : (names[Math.floor(index / 3) % names.length] ?? "metric");
    const value = values[turn] ?? noValue;
    const needed = Object.fromEntries(
      locks.filter(([lock]) => lock === turn).map(([, name]) => [name, name === "congctl" ? "cubic" : 1360]),
    );
    const destination = of === "inet" ? `10.${index >> 8}.${index & 255}.0/24` : `2001:db8:${(index + 4096).toString(16)}::/48`;
    return fc
      .record({
        way: ways(of),
        otherWay: ways(of),
        key: some(keys(of)),
        option: some(options(of)),
        old: value,
        wanted: fc.option(value, { nil: undefined }),
        table: fc.constantFrom(100, 254),
      })
      .map(({ way, otherWay, key, option, old, wanted, table }) => {
        const at = (where: number, how: Input, changed: unknown): Input => {
          const shown = of === "inet6" && how["type"] === "local" && where === 254 ? { ...how, type: "unicast" } : how;
          const change = (one: Input, fields: Input): Input => (turn in fields ? { ...one, [turn]: changed } : one);
          const rest = possible(shown, change(key, keys(of)), { ...change(option, options(of)), ...needed });
          return { family: of, table: where, destination, ...rest };
        };
        return [at(table, way, old), at(turn === "table" ? 354 - table : table, turn === "way" ? otherWay : way, wanted)];
      });
  },
};

const objects = (of: Family): readonly Input[] => {
  const [one, two] = bases[of];
  return [
    { via: gateway[of], dev: "e0" },
    { via: of === "inet" ? "198.18.1.77" : "fe80::7", dev: "e0", onlink: true },
    { dev: "e1", family: of },
    { blackhole: true, family: of },
    { group: [{ nhid: one }] },
    { group: [{ nhid: two, weight: 7 }, { nhid: one }] },
    { group: [{ nhid: one }, { nhid: two }], type: "mpath" },
    { group: [{ nhid: one, weight: 256 }], type: "resilient", buckets: 8 },
    { group: [{ nhid: one }, { nhid: two }], type: "resilient", buckets: 16, idleTimer: 60, unbalancedTimer: 300 },
    ...encaps(of).map((encap) => ({ via: gateway[of], dev: "e0", encap })),
  ];
};

const light = (group: unknown): Input[] => (Array.isArray(group) ? group.map((member: Input) => omit(member, "weight")) : []);

const nexthops: Subject = {
  kind: "nexthop",
  table: nexthopAttributes,
  form: (input) => formOf(nexthopAttributes, input, canonical(nexthopAttributes, input, settleNexthop)),
  wanted: (input) => {
    const { values } = canonical(nexthopAttributes, input, settleNexthop);
    return wantedNexthop({ ...values, nhid: values.nhid ?? 0 });
  },
  without: (input, attribute) =>
    // Of a group only a heavy member needs anything.
    attribute === "group"
      ? { ...input, group: light(input["group"]) }
      : omit(input, attribute, ...(attribute === "type" ? ["buckets", "idleTimer", "unbalancedTimer"] : [])),
  // Each object in its turn, then another one.
  pair: (of, index) => {
    const all = objects(of);
    const turn = index % all.length;
    return fc.integer({ min: 1, max: all.length - 1 }).map((further) => [
      { ...all[turn], nhid: 100 + index },
      { ...all[(turn + further) % all.length], nhid: 100 + index },
    ]);
  },
};

export const subjects: readonly Subject[] = [rules, routes, nexthops];

/** The needs of an object that a release does not meet. */
export function unmet(wanted: Wanted, versions: Since): string[] {
  return wanted.needs
    .filter((need) => isBefore(versions.iproute2, need.iproute2) || isBefore(versions.kernel, need.kernel))
    .map(({ attribute }) => attribute);
}
