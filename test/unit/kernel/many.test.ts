import assert from "node:assert/strict";
import { ruleKey } from "../../../provider/src/declaration/key";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import { parseIpJson } from "../../../provider/src/kernel/observed/ipJson";
import { parseRules } from "../../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../../provider/src/kernel/observed/state";
import { compare } from "../../../provider/src/kernel/plan/compare";
import { deviations, plan } from "../../../provider/src/kernel/plan/plan";
import { ownLine } from "../../../provider/src/kernel/plan/register";
import { commandOf } from "../../../provider/src/kernel/plan/step";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { change, stack, tags } from "../../property/subjects";
import { parseRegister } from "./atOnce";

const ruleAt = (index: number): Rule => ({
  family: "inet",
  priority: 100 + index,
  from: `10.${index >> 8}.${index & 255}.1`,
  fwmark: "0x1/0xff",
  table: 100 + (index % 50),
});

/** What `ip -j -N -d rule show` prints for them. */
const printed = (count: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, index) => {
      const { priority, from, table } = ruleAt(index);
      return { priority, src: from, fwmark: "0x1", fwmask: "0xff", table: String(table), protocol: "214" };
    }),
  );

function stateOf(text: string, count: number): State {
  const register = Array.from({ length: count }, (_, index) => ownLine(ruleKey(ruleAt(index)), { id: "a", stack })).join("\n");
  return { ...emptyState, rules: parseRules(parseIpJson(text, "rules"), "inet"), register: parseRegister(`${register}\n`) };
}

/** Milliseconds of CPU, the least of some: other work on the machine only adds. */
function cpu(work: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe("many rules", function () {
  this.timeout(60_000);

  it("are planned in linear time: 10,000 at most 12 times 1,000", () => {
    const planner = (count: number): (() => number) => {
      const rules = Array.from({ length: count }, (_, index) => wantedRule(ruleAt(index)));
      return () => {
        const before = performance.now();
        assert.equal(plan(change("a", rules), { ...emptyState }).steps.length, count);
        return performance.now() - before;
      };
    };
    const [few, many] = [planner(1000), planner(10_000)];
    // In pairs, ten small ones to a large one: the collector of garbage then has the same to do for both.
    const pairs = Array.from({ length: 15 }, () => ({
      few: Array.from({ length: 10 }, few).reduce((sum, one) => sum + one) / 10,
      many: many(),
    }));
    const ratio = pairs.map((pair) => pair.many / pair.few).sort((a, b) => a - b)[4] ?? Number.NaN;
    console.log(
      `      10,000 take ${ratio.toFixed(1)} times as long as 1,000 (the fifth best of 15 pairs: other work on the machine only adds)`,
    );
    assert.ok(ratio <= 12);
  });

  it("5,000 are parsed and compared in less than 150 ms of CPU", () => {
    const text = printed(5000);
    const before = stateOf(text, 5000);
    const time = cpu(() => {
      const after = stateOf(text, 5000);
      assert.deepEqual(compare(before, after, { keys: new Set(), tags }), { differences: [], foreign: [] });
    });
    console.log(`      ${time.toFixed(0)} ms`);
    assert.ok(time < 150);
  });

  it("a change of one among 5,000 is one rule added, and one deleted once it is there", () => {
    const state = stateOf(printed(5000), 5000);
    const rules = Array.from({ length: 5000 }, (_, index) => ruleAt(index));
    const moved = rules.map((rule, index) => wantedRule(index === 2500 ? { ...rule, priority: 20_000 } : rule));
    const { steps } = plan(change("a", moved), state);
    assert.deepEqual(steps.map(commandOf), [
      "ip -4 rule add pref 20000 from 10.9.196.1 fwmark 0x1/0xff table 100 proto 214",
      "ip -4 rule del pref 2600 proto 214",
    ]);
    const other = rules.map((rule, index) => wantedRule(index === 2500 ? { ...rule, table: 7 } : rule));
    const planned = plan(change("a", other), state);
    assert.deepEqual(
      planned.steps.map((step) => commandOf(step).split(" ").slice(2, 4).join(" ")),
      ["rule add", "rule del", "rule add", "rule del"],
    );
    assert.equal(deviations(planned, state).length, 1);
  });
});
