import assert from "node:assert/strict";
import fc from "fast-check";
import { bitsOf, holdsBits } from "../../provider/src/declaration/bits";
import type { Family } from "../../provider/src/declaration/family";
import type { Flow } from "../../provider/src/declaration/flow";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import { isOpen } from "../../provider/src/kernel/lookup/cases";
import type { Alike } from "../../provider/src/kernel/lookup/classes/alike";
import { type Door, type Moved, type Movement, movedBetween } from "../../provider/src/kernel/lookup/classes/classes";
import { packetIn } from "../../provider/src/kernel/lookup/lookup";
import type { Network } from "../../provider/src/kernel/lookup/network";
import { pairsOf } from "../../provider/src/kernel/lookup/pairs";
import { sameWay } from "../../provider/src/kernel/lookup/verdict";
import { host } from "../unit/kernel/lookup/host";

const base: Readonly<Record<Family, string>> = { inet: "203.0.113.", inet6: "2001:db8:77::" };
const width: Readonly<Record<Family, number>> = { inet: 32, inet6: 128 };
const own: Readonly<Record<Family, readonly string[]>> = {
  inet: ["198.18.1.2", "198.18.2.2"],
  inet6: ["2001:db8:1::2", "2001:db8:2::2"],
};
const gateways: Readonly<Record<Family, readonly [string, string]>> = {
  inet: ["198.18.1.1", "198.18.2.1"],
  inet6: ["2001:db8:1::1", "2001:db8:2::1"],
};
const zero: Readonly<Record<Family, string>> = { inet: "203.0.113.0", inet6: "2001:db8:77::" };

/** Eight addresses side by side, one far away, and the host's own. */
const addressesIn = (family: Family): string[] => [
  zero[family],
  ...[1, 2, 3, 4, 5, 6, 7].map((at) => `${base[family]}${at}`),
  ...(family === "inet" ? ["192.0.2.77", "198.18.1.255"] : ["2001:db8:99::1"]),
  ...own[family],
];
const prefixIn = (family: Family): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(7), fc.constantFrom(0, 1, 2, 3)).map(([at, free]) => {
    const first = (at >> free) << free;
    const address = first === 0 ? zero[family] : `${base[family]}${first}`;
    return free === 0 ? address : `${address}/${width[family] - free}`;
  });
const table = fc.constantFrom<("main" | number)[]>("main", 100, 101);

type Does = Pick<Rule, "table" | "action" | "goto" | "suppressPrefixlength">;
const does = fc.oneof<fc.WeightedArbitrary<Does>[]>(
  { weight: 5, arbitrary: table.map((number) => ({ table: number })) },
  { weight: 1, arbitrary: fc.constant({ action: "unreachable" }) },
  { weight: 1, arbitrary: fc.constant({ goto: 300 }) },
  { weight: 1, arbitrary: fc.constant({ table: "main", suppressPrefixlength: 0 }) },
);
const ruleIn = (family: Family): fc.Arbitrary<Rule> =>
  fc
    .tuple(
      fc.record(
        {
          priority: fc.constantFrom(100, 200, 300, 40000),
          from: fc.oneof(prefixIn(family), fc.constantFrom(...own[family])),
          to: prefixIn(family),
          not: fc.constant(true),
          iif: fc.constantFrom("e0", "lo"),
          oif: fc.constant("e1"),
          fwmark: fc.constantFrom("0x1/0xffffffff", "0x2/0x2", "0x1/0x3"),
          ipproto: fc.constant(6),
        },
        { requiredKeys: ["priority"] },
      ),
      does,
    )
    .map(([selectors, does]) => ({ family, ...selectors, ...does, priority: does.goto === undefined ? selectors.priority : 200 }));

const routeIn = (family: Family): fc.Arbitrary<Route> => {
  const [first, second] = gateways[family];
  const way = fc.constantFrom<Pick<Route, "via" | "dev" | "type">[]>(
    { via: first, dev: "e0" },
    { via: second, dev: "e1" },
    { type: "throw" },
    { type: "blackhole" },
  );
  const key = fc.record(
    {
      table,
      destination: fc.oneof(fc.constant("default"), prefixIn(family)),
      metric: fc.constant(5),
      ...(family === "inet6" ? { from: fc.constantFrom("2001:db8:77::/126", "2001:db8:77::1") } : {}),
    },
    { requiredKeys: ["table", "destination"] },
  );
  return fc.tuple(key, way).map(([rest, to]) => ({ family, ...rest, ...to }));
};

const sysctls = fc.constantFrom(
  { "net.ipv4.conf.e0.forwarding": 1, "net.ipv4.conf.e1.forwarding": 1 },
  { "net.ipv4.conf.e0.forwarding": 1, "net.ipv4.conf.e1.forwarding": 1, "net.ipv4.conf.e0.rp_filter": 1, "net.ipv4.conf.e1.rp_filter": 2 },
);

/** What stays, what goes and what comes. */
const change = (family: Family) =>
  fc.record({
    rules: fc.tuple(
      fc.array(ruleIn(family), { maxLength: 5 }),
      fc.array(ruleIn(family), { maxLength: 2 }),
      fc.array(ruleIn(family), { maxLength: 2 }),
    ),
    routes: fc.tuple(
      fc.array(routeIn(family), { maxLength: 8 }),
      fc.array(routeIn(family), { maxLength: 2 }),
      fc.array(routeIn(family), { maxLength: 2 }),
    ),
    sysctls,
  });

/** POLICY_ROUTING_RUNS=N tries more. */
const runs = Number(process.env.POLICY_ROUTING_RUNS ?? 40);

const doorsOf = ({ rules }: Network, other: Network): Door[] => [
  {},
  ...([...rules, ...other.rules].some(({ rule }) => rule.oif === "e1") ? [{ oif: "e1" }] : []),
  { iif: "e0" },
  { iif: "e1" },
];

function mustSay(told: Movement, before: Network, after: Network, family: Family): void {
  const all = addressesIn(family);
  const alikeAt = (address: string): Alike | undefined => {
    // Parts stand before those in them: the last one that holds the address is the one of the longest prefix.
    const part = told.addresses.parts.findLast((one) => holdsBits(one, bitsOf(address)));
    return told.addresses.alike.find(({ parts }) => part !== undefined && parts.includes(part));
  };
  const alike = new Map(all.map((address) => [address, alikeAt(address)]));
  const each = told.moved.flatMap((one) => one.to.map((to) => ({ ...one, to })));
  const kinds = Map.groupBy(each, keyOf);
  for (const door of doorsOf(before, after))
    for (const from of [undefined, ...(door.iif === undefined ? own[family] : all)])
      for (const to of all)
        for (const mark of [0, 1, 2, 3, 7, 8]) {
          if (door.iif !== undefined && from === undefined) continue;
          const flow: Flow = { family, ...door, from, to, mark, uid: 0, ipproto: undefined, sport: undefined, dport: undefined, tos: [0] };
          const pairs = pairsOf(before, after, packetIn(before, flow));
          const moves = isOpen(pairs) || pairs.cases.some(({ answer: { now, then } }) => !sameWay(now, then) || now.kind === "unsure");
          const found = (kinds.get(keyOf({ door, from: alike.get(from ?? ""), to: alike.get(to) })) ?? []).some((one) =>
            isMark(one, mark, told),
          );
          assert.equal(found, moves, JSON.stringify(flow));
        }
}

const keyOf = ({ door, from, to }: Pick<Moved, "door" | "from"> & { readonly to: Alike | undefined }): string =>
  [JSON.stringify(door), from?.address, to?.address].join();

/** The class of a mark, by what of it says whether a rule's selector fits. */
function isMark({ mark: { says } }: Pick<Moved, "mark">, mark: number, { marks }: Movement): boolean {
  const fits = marks.filter((one) => one.isOne(mark));
  assert.equal(fits.length, 1, `mark ${mark} is of ${fits.length} classes`);
  return fits[0]?.says === says;
}

for (const family of ["inet", "inet6"] as const)
  describe(`classes of packets, ${family}`, () => {
    it("are all those that go another way, and no others", function () {
      this.timeout(600_000);
      fc.assert(
        fc.property(change(family), ({ rules: [stay, go, come], routes: [kept, gone, made], sysctls: set }) => {
          const before = host({ rules: [...stay, ...go], routes: [...kept, ...gone], sysctls: set });
          const after = host({ rules: [...stay, ...come], routes: [...kept, ...made], sysctls: set });
          mustSay(movedBetween(before, after, family), before, after, family);
        }),
        { numRuns: runs },
      );
    });
  });
