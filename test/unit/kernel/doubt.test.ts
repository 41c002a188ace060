import assert from "node:assert/strict";
import { doubtedKeys, keysOfTags, mayPassOver, repeatedRules, withSecondLook } from "../../../provider/src/kernel/observed/doubt";
import { finish } from "../../../provider/src/kernel/observed/pieces";
import { emptyState, type ObservedRule, type State } from "../../../provider/src/kernel/observed/state";
import { parseRegister } from "./atOnce";

const rule = (priority: number, protocol: number, table = 100): ObservedRule => ({
  rule: { family: "inet", priority, table },
  protocol,
  unread: [],
});
const state = (lines: readonly string[], ...rules: ObservedRule[]): State => ({
  ...emptyState,
  rules,
  register: parseRegister(lines.map((key) => `${key}\tid\tstack`).join("\n")),
});
const all = (): boolean => true;

describe("a reading", () => {
  it("is doubted where the register names one entry and it shows none or several", () => {
    const named = [
      "rule inet 1000",
      "rule inet 1001",
      "rule inet 1002",
      "route inet table 100 default",
      "nexthop 5",
      "table 100",
      "sysctl x y",
    ];
    const seen = state(named, rule(1000, 214), rule(1001, 214), rule(1001, 214), rule(1002, 4));
    assert.deepEqual([...doubtedKeys(seen, all)], ["rule inet 1001", "rule inet 1002", "route inet table 100 default", "nexthop 5"]);
  });

  it("is not doubted for what was not looked at, nor for foreign entries beside ours", () => {
    const seen = state(["rule inet 1000", "route inet table 100 default"], rule(1000, 214), rule(1000, 4), rule(1000, 4, 7));
    assert.deepEqual([...doubtedKeys(seen, (key) => key.startsWith("rule "))], []);
  });

  it("is doubted where it shows not as many of a set as the register says", () => {
    const seen = (...rules: ObservedRule[]): State => ({ ...emptyState, rules, register: parseRegister("rule inet 1000\tid\tstack\t2") });
    assert.deepEqual([...doubtedKeys(seen(rule(1000, 214), rule(1000, 214, 101), rule(1000, 4)), all)], []);
    assert.deepEqual([...doubtedKeys(seen(rule(1000, 214), rule(1000, 4)), all)], ["rule inet 1000"]);
  });

  it("is doubted where it shows one rule twice, whoever's it is", () => {
    const seen = state([], rule(1000, 214), rule(1000, 214), rule(1000, 4), rule(1001, 4), rule(1001, 4), rule(1002, 4), rule(1002, 4, 7));
    assert.deepEqual(finish(repeatedRules(seen)), ["rule inet 1000", "rule inet 1001"]);
  });

  it("knows an entry by the tag that the register says, and a displaced one by STAGING", () => {
    const named = ["rule inet 1000 proto 220", "rule inet 1000 staging proto 220", "rule inet 1000", "rule inet 1001 proto ?"];
    assert.deepEqual([...doubtedKeys(state(named, rule(1000, 220), rule(1000, 221), rule(1000, 214), rule(1001, 218)), all)], []);
    assert.deepEqual([...doubtedKeys(state(named, rule(1000, 220), rule(1000, 214)), all)], ["rule inet 1000", "rule inet 1001"]);
  });

  it("of many rules may pass over one of a tag that is looked for, and both together show what either does", () => {
    const many = Array.from({ length: 101 }, (_, index) => rule(2000 + index, 99));
    const tags = new Set([214]);
    assert.equal(mayPassOver(state([], ...many), tags), true);
    assert.equal(mayPassOver(state([], ...many), new Set()), false);
    assert.equal(mayPassOver(state([], ...many.slice(1)), tags), false);
    const [first, second] = [state([], ...many, rule(1000, 214)), state([], ...many, rule(1001, 214))];
    const both = withSecondLook(first, second, new Set(keysOfTags(second, tags)));
    assert.deepEqual(both.rules.slice(many.length), [rule(1000, 214), rule(1001, 214)]);
  });

  it("is believed but where it was doubted, and there the second one is", () => {
    const first = state([], rule(1000, 214), rule(1002, 4), rule(1003, 214));
    const second = state([], rule(1001, 214), rule(1003, 214, 7));
    const both = withSecondLook(first, second, new Set(["rule inet 1001", "rule inet 1002"]));
    assert.deepEqual(both.rules, [rule(1000, 214), rule(1003, 214), rule(1001, 214)]);
  });
});
