import assert from "node:assert/strict";
import { decidesForAll } from "../../../../provider/src/declaration/rule/everyPacket";

describe("a rule decides for every packet", () => {
  const rule = { family: "inet", priority: 100, table: 100 };
  for (const [what, one, expected] of [
    ["without a selector", rule, true],
    ["by an action without one", { family: "inet", priority: 100, action: "blackhole" }, true],
    ["from everywhere", { ...rule, from: "0.0.0.0/0" }, true],
    ["with a source: no", { ...rule, from: "198.51.100.1" }, false],
    ["with a mark: no", { ...rule, fwmark: "0x1" }, false],
    ["where it only looks for longer prefixes: no", { ...rule, suppressPrefixlength: 0 }, false],
    ["where it looks into main: no", { ...rule, table: "main" }, false],
    ["where it jumps: no", { family: "inet", priority: 100, goto: 200 }, false],
  ] as const)
    it(what, () => assert.equal(decidesForAll(one), expected));
});
