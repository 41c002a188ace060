// Random histories of what devices have and of what a program says, on a kernel in memory: after each event a change makes what the words
// of `addressesOf` promise, none of its steps touches what is foreign, and an undo is right though the lease changed meanwhile.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Family } from "../../provider/src/declaration/family";
import type { RuleSet } from "../../provider/src/declaration/rule/ruleSet";
import type { State } from "../../provider/src/kernel/observed/state";
import type { Uplinks } from "../../provider/src/kernel/observed/uplinks";
import { deviations } from "../../provider/src/kernel/plan/plan";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { add } from "../../provider/src/kernel/rule/steps";
import { ModelKernel } from "./modelKernel";
import { change, family, runs, tags } from "./subjects";
import { planOn, tryOut } from "./tryOut";

const foreignProto = 4;
const devices = ["e0", "e1"] as const;
type Device = (typeof devices)[number];
type Has = Readonly<Record<Device, readonly string[]>>;

const pool: Readonly<Record<Family, readonly string[]>> = {
  inet: ["198.18.9.2", "198.18.9.3", "198.18.9.4", "10.0.0.1"],
  inet6: ["2001:db8:1:6::/64", "2001:db8:5::1", "2001:db8:0:1::/64", "2001:db8:7::/64"],
};
const has = (of: Family) => fc.record<{ [one in Device]: string[] }>({ e0: fc.subarray([...pool[of]]), e1: fc.subarray([...pool[of]]) });
const said = (of: Family) =>
  fc.record({
    from: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...devices).map((addressesOf) => ({ addressesOf })) },
      { weight: 1, arbitrary: fc.subarray([...pool[of]], { minLength: 2 }).map((all) => all.sort()) },
    ),
    to: fc.constantFrom(undefined, of === "inet" ? "192.0.2.0/24" : "2001:db8:77::/48"),
    table: fc.constantFrom(100, 101),
  });
const history = family.chain((of) =>
  fc.record({
    of: fc.constant(of),
    events: fc.array(fc.record({ has: has(of), says: fc.option(said(of), { nil: undefined }), cut: fc.nat(9), meanwhile: has(of) }), {
      minLength: 2,
      maxLength: 7,
    }),
    foreign: fc.subarray([...pool[of]]),
  }),
);

const uplinksOf = (of: Family, now: Has): Uplinks => ({
  sources: { inet: new Map(), inet6: new Map(), [of]: new Map(devices.map((device) => [device, now[device]])) },
  ways: new Map(),
});
const anyOrder = (state: State) => state.rules.map((one) => JSON.stringify(one)).sort();
const isForeign = ({ protocol }: { protocol: number }): boolean => protocol === foreignProto;
const sourcesIn = (state: State): string[] => state.rules.flatMap((one) => (isForeign(one) ? [] : [one.rule.from ?? "all"])).sort();

/** What the words promise: all that the device has; while that is nothing, what stands and no other device has. */
function promised({ from }: Pick<RuleSet, "from">, now: Has, standing: readonly string[]): string[] {
  if (typeof from !== "object" || !("addressesOf" in from)) return typeof from === "string" ? [from] : [...(from ?? [])].sort();
  const own = devices.filter((device) => device === from.addressesOf).flatMap((device) => now[device]);
  const taken = devices.flatMap((device) => now[device]);
  return [...(own.length > 0 ? own : standing.filter((one) => !taken.includes(one)))].sort();
}

describe("a rule that follows a device, over random histories on a kernel in memory", function () {
  this.timeout(300_000);

  it("is what its words promise, beside foreign twins, which stay; every undo is right, also behind another lease", () => {
    fc.assert(
      fc.property(history, ({ of, events, foreign }) => {
        const kernel = new ModelKernel();
        for (const from of foreign)
          for (const table of [100, 77]) kernel.change([add({ family: of, priority: 1000, from, table }, foreignProto)]);
        const others = kernel.state().rules.filter(isForeign);
        let rule: RuleSet = { family: of, priority: 1000, from: { addressesOf: "e0" }, table: 100 };
        for (const { has: now, says, cut, meanwhile } of events) {
          kernel.uplinks = uplinksOf(of, now);
          if (says !== undefined) {
            const { to, ...rest } = says;
            rule = { family: of, priority: 1000, ...rest, ...(to === undefined ? {} : { to }) };
          }
          const wanted = change("a", [wantedRule(rule)]);
          const before = kernel.state();
          const expected = promised(rule, now, sourcesIn(before));
          const planned = planOn(kernel, wanted);
          if (planned === undefined) {
            // Where nothing of ours stands, somebody else's that says the same is his, as with any rule.
            assert.deepEqual(sourcesIn(before), []);
            assert.ok(others.some((one) => one.rule.table === rule.table && expected.includes(one.rule.from ?? "")));
            continue;
          }
          const copy = new ModelKernel(kernel);
          copy.change(planned.steps.slice(0, cut), (state) => assert.deepEqual(state.rules.filter(isForeign), others));
          copy.uplinks = uplinksOf(of, meanwhile);
          copy.undo(planned.undo);
          assert.deepEqual(anyOrder(copy.state()), anyOrder(before), "undone behind another lease");
          copy.uplinks = kernel.uplinks;
          copy.change(planned.steps);
          copy.uplinks = uplinksOf(of, meanwhile);
          assert.deepEqual(deviations(planned, copy.state()), [], "a right change is kept");
          assert.ok(tryOut(kernel, wanted, anyOrder));
          const after = kernel.state();
          assert.deepEqual(sourcesIn(after), expected);
          assert.deepEqual(after.rules.filter(isForeign), others);
          assert.deepEqual(wantedRule(rule).read(after, tags, "a"), { ...rule }, "no drift");
        }
        assert.ok(tryOut(kernel, change("a", []), anyOrder));
        assert.deepEqual(kernel.state().rules, others);
        assert.equal(kernel.state().register.entries.size, 0);
      }),
      { numRuns: runs(50) },
    );
  });
});
