import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flow } from "../../provider/src/declaration/flow";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import { explain } from "../../provider/src/kernel/lookup/explain";
import { lookup, lookups, packetIn } from "../../provider/src/kernel/lookup/lookup";
import { printVerdict, sameWay } from "../../provider/src/kernel/lookup/verdict";
import { host } from "../unit/kernel/lookup/host";
import { runs } from "./subjects";

/** Marks of five bits, of which rules look at four, at some of them, or at the whole mark: so 32 stand for all. */
const marks = Array.from({ length: 32 }, (_, mark) => mark);
const ports = [79, 80, 81, 442, 443, 444, 500];
const protocols = [6, 17, 132];
const hex = (value: number): string => `0x${value.toString(16)}`;

const mask = fc.constantFrom(0xffffffff, 0xf, 0x1, 0x3, 0xc);
const fwmark = fc.tuple(fc.nat(15), mask).map(([value, of]) => `${hex((value & of) >>> 0)}/${hex(of)}`);
const port = fc.constantFrom("80", "443", "80-443", "81-500", "80/0xfff0");
const selectors = fc.record(
  { not: fc.constant(true), fwmark, dport: port, sport: port, ipproto: fc.constantFrom(6, 17), from: fc.constant("198.18.1.0/24") },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc
  .record({
    selectors,
    priority: fc.integer({ min: 1, max: 40 }),
    does: fc.constantFrom({ table: 100 }, { table: 101 }, { table: 102 }, { action: "prohibit" as const }),
  })
  .filter(({ selectors: { not, ...rest } }) => not !== true || Object.keys(rest).length > 0)
  .map(({ selectors: chosen, priority, does }) => ({ family: "inet", priority, ...chosen, ...does }));
const routes: readonly Route[] = [
  { family: "inet", table: 100, destination: "default", dev: "e0", via: "198.18.1.1" },
  { family: "inet", table: 101, destination: "default", dev: "e1", via: "198.18.2.1" },
  { family: "inet", table: 102, destination: "192.0.2.0/25", type: "unreachable" },
  { family: "inet", table: "main", destination: "default", dev: "e0", via: "198.18.1.1" },
];
const flow = fc.record({
  iif: fc.constantFrom(undefined, "e0", "e1"),
  mark: fc.constantFrom(undefined, undefined, 1),
  dport: fc.constantFrom(undefined, 80),
  sport: fc.constantFrom(undefined, 443),
  ipproto: fc.constantFrom(undefined, 6),
});
const bit = fc.constantFrom(0, 1);
const settings = fc.record({ filter: fc.constantFrom(0, 1, 2), byMark: bit });

describe("a packet that says too little", function () {
  this.timeout(300_000);
  it("meets, of marks, ports and protocols left open, exactly the verdicts that some packet meets, and trace names them", () => {
    let [open, whole] = [0, 0];
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), flow, settings, (rules, given, { filter, byMark }) => {
        const network = host({
          rules,
          routes: [...routes],
          sysctls: {
            "net.ipv4.conf.e0.rp_filter": filter,
            "net.ipv4.conf.e1.rp_filter": filter,
            "net.ipv4.conf.all.src_valid_mark": byMark,
            "net.ipv4.conf.e0.forwarding": 1,
            "net.ipv4.conf.e1.forwarding": 1,
          },
        });
        const range = (one: number | undefined) => (one === undefined ? undefined : { from: one, to: one });
        const flowOf = (of: {
          mark: number | undefined;
          dport: number | undefined;
          sport: number | undefined;
          ipproto: number | undefined;
        }): Flow => ({
          family: "inet",
          from: given.iif === undefined ? "198.18.1.2" : "198.18.1.77",
          to: "192.0.2.1",
          iif: given.iif,
          uid: 0,
          tos: [0],
          mark: of.mark,
          ipproto: of.ipproto,
          dport: range(of.dport),
          sport: range(of.sport),
        });
        const asked = flowOf(given);
        const told = lookups(network, packetIn(network, asked));
        // More cases than are told: nothing is said of them.
        if (told.some(({ kind }) => kind === "unsure")) return;
        const met = (given.mark === undefined ? marks : [given.mark]).flatMap((mark) =>
          (given.ipproto === undefined ? protocols : [given.ipproto]).flatMap((ipproto) =>
            (given.dport === undefined ? ports : [given.dport]).flatMap((dport) =>
              (given.sport === undefined ? ports : [given.sport]).map((sport) => lookup(network, flowOf({ mark, ipproto, dport, sport }))),
            ),
          ),
        );
        const texts = (all: readonly ReturnType<typeof lookup>[]): string[] => [...new Set(all.map(printVerdict))].sort();
        assert.deepEqual(texts(told), texts(met), JSON.stringify({ rules, given, filter, byMark }));
        const [first] = met;
        const same = met.every((one) => first !== undefined && sameWay(one, first));
        const { verdict, cases } = explain(network, asked);
        assert.equal(verdict.kind !== "unsure", same, JSON.stringify({ rules, given, filter, byMark }));
        if (same) whole++;
        else {
          open++;
          assert.equal(cases.length, texts(met).length);
        }
      }),
      { numRuns: runs(300) },
    );
    assert.ok(open > runs(300) / 10 && whole > runs(300) / 10, `${open} open, ${whole} not`);
  });
});
