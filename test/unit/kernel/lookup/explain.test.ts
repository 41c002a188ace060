import assert from "node:assert/strict";
import type { Flow } from "../../../../provider/src/declaration/flow";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { explain } from "../../../../provider/src/kernel/lookup/explain";
import { flow, host } from "./host";

const inet = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const routes = [
  { family: "inet", table: "main", destination: "default", via: "198.18.1.1", dev: "e0" },
  { family: "inet", table: 102, destination: "default", type: "throw" },
] as const;
const steps = (rules: Rule[], given: Partial<Flow> & Pick<Flow, "to">): string[] => {
  const { lines, sentence } = explain(host({ rules, routes: [...routes] }), flow(given));
  return [...lines.map(({ priority, says }) => `${priority} ${says}`), sentence];
};
const away = "203.0.113.7";

describe("an explanation", () => {
  it("names each rule up to the one that decides, with what it did or why it does not apply", () => {
    const rules = [
      inet(100, { from: "10.0.0.0/8", to: "203.0.113.0/24", table: 101 }),
      inet(200, { table: 102 }),
      inet(300, { not: true, to: "203.0.113.0/24", table: 101 }),
      inet(400, { table: "main", suppressPrefixlength: 0 }),
      inet(40000, { action: "blackhole" }),
    ];
    assert.deepEqual(steps(rules, { to: away }), [
      "0 goes on: table local has no route for it",
      "100 does not apply: the packet is not from 10.0.0.0/8",
      "200 goes on: throw default table 102",
      "300 does not apply: the packet is all that it excludes",
      "400 goes on: default via 198.18.1.1 dev e0 table 254 is passed over, for its prefix is not longer than 0",
      "32766 decides: default via 198.18.1.1 dev e0 table 254",
      "by e0 via 198.18.1.1 (table main), source 198.18.1.2",
    ]);
  });

  it("says what is jumped over, and where a jump leads nowhere", () => {
    const rules = [
      inet(100, { goto: 150 }),
      inet(200, { goto: 400 }),
      inet(300, { action: "prohibit" }),
      inet(400, { action: "blackhole" }),
    ];
    assert.deepEqual(steps(rules, { to: away }).slice(1), [
      "100 goes on: no rule stands at priority 150",
      "200 jumps to priority 400",
      "300 is jumped over",
      "400 decides",
      "blackhole (by a rule)",
    ]);
  });

  it("goes on where it cannot be told and does not matter", () => {
    const said = steps([inet(100, { fwmark: "0x1/0xff", table: 101 })], { to: away, mark: undefined });
    assert.deepEqual(said.slice(1), [
      "100 goes on: whether it applies cannot be told, and the way is the same",
      "32766 decides: default via 198.18.1.1 dev e0 table 254",
      "by e0 via 198.18.1.1 (table main), source 198.18.1.2",
    ]);
  });

  it("ends where it cannot be told", () => {
    const marked = inet(100, { fwmark: "0x1/0xff", action: "blackhole" });
    const said = steps([marked], { to: away, mark: undefined });
    assert.deepEqual(said.slice(1, 2), ["100 cannot be told"]);
    assert.match(said.at(-1) ?? "", /^cannot tell \(.*something on the host may mark these packets\)$/);
  });

  it("names no rule where none was looked at", () => {
    assert.deepEqual(steps([], { to: away, from: "192.0.2.1" }), ["no route (the source 192.0.2.1 is no address of the host)"]);
  });
});
