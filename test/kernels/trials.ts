import fc from "fast-check";
import { type Family, families } from "../../provider/src/declaration/family";
import type { Wanted } from "../../provider/src/kernel/plan/change";
import { bases, encaps, gateway, keys, locks, options, type Subject, subjects } from "../kernel/objects";
import { hops, type Input, ruleFieldNames, ruleFields, sensible, several } from "../property/subjects";

/** One value of one attribute, in an object that has as little else as may be. */
export interface Trial {
  /** `rule dscp`: what is tried. */
  readonly attribute: string;
  /** `rule dscp inet "8/0x38"` */
  readonly name: string;
  readonly family: Family;
  readonly subject: Subject;
  readonly input: Input;
  readonly wanted: Wanted;
}

type Tried = readonly [attribute: string, value: unknown, input: Input];

const seg6local = (words: string): string => `seg6local action ${words}`;
/** The tunnels that the generators leave out. */
const moreTunnels: Readonly<Record<Family, readonly string[]>> = {
  inet: ["seg6 mode l2encap segs fd00::a", "seg6 mode l2encap.red segs fd00::a"],
  inet6: [
    "seg6 mode l2encap segs fd00::a",
    "seg6 mode l2encap.red segs fd00::a",
    ...["End", "End.T table 254", "End.DX2 oif e1", "End.DX6 nh6 fd00::1", "End.DX4 nh4 10.0.0.9"].map(seg6local),
    ...["End.B6 srh segs fd00::a", "End.B6.Encaps srh segs fd00::a"].map(seg6local),
    ...["End flavors next-csid", "End flavors next-csid lblen 48 nflen 8", "End.X nh6 fd00::1 flavors next-csid"].map(seg6local),
  ],
};

/** All of the few values that a generator knows. */
const valuesOf = (arbitrary: fc.Arbitrary<unknown>): unknown[] => [
  ...new Map(
    fc
      .sample(arbitrary, { numRuns: 200, seed: 1 })
      .filter((value) => value !== undefined)
      .map((value) => [JSON.stringify(value), value]),
  ).values(),
];

function ruleTrials(of: Family): Tried[] {
  const fields = Object.entries(ruleFields(of)).filter(([name]) => ruleFieldNames.includes(name));
  return fields.flatMap(([name, values]) =>
    valuesOf(values).map((value): Tried => [name, value, { ...sensible({ family: of, table: 100, [name]: value }, name) }]),
  );
}

function routeTrials(of: Family): Tried[] {
  const withMetric = Object.fromEntries(locks);
  const alone = Object.entries({ ...keys(of), ...options(of) }).flatMap(([name, values]) =>
    valuesOf(values).map((value): Tried => {
      const locked = withMetric[name];
      const metric = locked === undefined ? {} : { [locked]: locked === "congctl" ? "cubic" : 1360 };
      return [name, value, { dev: "e0", ...metric, [name]: value }];
    }),
  );
  // Where packets go is several attributes together: the one that makes it what it is.
  const ways = hops[of].map((hop): Tried => {
    const name = ["onlink", "scope", "type", "via", "dev"].find((one) => one in hop) ?? "dev";
    return [name, name === "via" || name === "onlink" ? hop["via"] : hop[name], hop];
  });
  return [
    ...alone,
    ...ways,
    ...several[of].map((nexthops): Tried => ["nexthops", nexthops, { nexthops }]),
    ...[...new Set([...encaps(of), ...moreTunnels[of]])].map((encap): Tried => ["encap", encap, { via: gateway[of], dev: "e0", encap }]),
    ["nhid", bases[of][0], { nhid: bases[of][0] }],
  ];
}

function nexthopTrials(of: Family): Tried[] {
  const [one, two] = bases[of];
  const member = { via: gateway[of], dev: "e0" };
  const group = [{ nhid: one }, { nhid: two }];
  const weighted = (weight: number): Tried => ["group", `weight ${weight}`, { group: [{ nhid: one, weight }, { nhid: two }] }];
  const resilient = { group, type: "resilient", buckets: 8 };
  return [
    ["via", member.via, member],
    ["dev", "e1", { dev: "e1", family: of }],
    ["onlink", true, { ...member, onlink: true }],
    ["blackhole", true, { blackhole: true, family: of }],
    ...[254, 255, 256].map(weighted),
    ["type", "resilient", resilient],
    ["buckets", 16, { ...resilient, buckets: 16 }],
    ["idleTimer", 60, { ...resilient, idleTimer: 60 }],
    ["unbalancedTimer", 300, { ...resilient, unbalancedTimer: 300 }],
    ...encaps(of).map((encap): Tried => ["encap", encap, { ...member, encap }]),
  ];
}

const place: Readonly<Record<string, (of: Family, index: number) => Input>> = {
  rule: (_, index) => ({ priority: 1000 + index }),
  route: (of, index) => ({
    family: of,
    table: 100,
    destination: of === "inet" ? `10.${index >> 8}.${index & 255}.0/24` : `2001:db8:${(index + 4096).toString(16)}::/48`,
  }),
  nexthop: (_, index) => ({ nhid: 100 + index }),
};
const lists: Readonly<Record<string, (of: Family) => Tried[]>> = { rule: ruleTrials, route: routeTrials, nexthop: nexthopTrials };

/** Each value of each attribute of a kind and family; what means the same as leaving it out is none. */
export function trialsOf(subject: Subject, of: Family): Trial[] {
  const { kind } = subject;
  const seen = new Set<string>();
  return (lists[kind]?.(of) ?? []).flatMap(([attribute, value, fields], index) => {
    const input = { ...place[kind]?.(of, index), ...fields };
    const name = `${kind} ${attribute} ${of} ${JSON.stringify(value)}`;
    if (!(attribute in subject.form(input)) || seen.has(name)) return [];
    seen.add(name);
    return [{ attribute: `${kind} ${attribute}`, name, family: of, subject, input, wanted: subject.wanted(input) }];
  });
}

export const trials: readonly Trial[] = families.flatMap((of) => subjects.flatMap((subject) => trialsOf(subject, of)));
