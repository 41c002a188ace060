import assert from "node:assert/strict";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { printProblem } from "../../../../provider/src/declaration/failures";
import {
  type LiteralRules,
  literally,
  ruleSetAttributes,
  rulesIn,
  setOf,
  settleRuleSet,
} from "../../../../provider/src/declaration/rule/ruleSet";
import { unknownValue } from "../../../../provider/src/declaration/unknown";

const read = (input: Readonly<Record<string, unknown>>) =>
  canonical(ruleSetAttributes, { priority: 1000, table: 100, ...input }, settleRuleSet);
const problems = (input: Readonly<Record<string, unknown>>): string[] => read(input).problems.map(printProblem);
function setFrom(input: Readonly<Record<string, unknown>>): LiteralRules {
  const { values, problems: wrong } = read(input);
  assert.deepEqual(wrong, []);
  const { family, priority } = values;
  if (family === undefined || priority === undefined) return assert.fail();
  return literally({ ...values, family, priority }) ?? assert.fail();
}

describe("a rule with several prefixes", () => {
  it("has one canonical form, whatever their order, how often each is said and with which host bits", () => {
    const forms = [
      ["198.18.1.0/24", "198.18.2.2"],
      ["198.18.2.2/32", "198.18.1.7/24", "198.18.2.2"],
    ].map((from) => read({ from }).values);
    assert.deepEqual(forms[0], { priority: 1000, family: "inet", from: ["198.18.1.0/24", "198.18.2.2"], table: 100 });
    assert.deepEqual(forms[1], forms[0]);
    assert.deepEqual(read({ from: ["198.18.2.2"] }).values, read({ from: "198.18.2.2" }).values);
    assert.deepEqual(read({ from: ["198.18.2.2", "0.0.0.0/0"], to: "198.51.100.7" }).values, read({ to: "198.51.100.7" }).values);
    assert.deepEqual(read({ from: ["198.18.2.2", unknownValue] }).problems, []);
  });

  it("is a rule in the kernel for each source and destination, and these are it again", () => {
    const set = setFrom({ from: ["198.18.1.2", "198.18.1.3"], to: ["192.0.2.0/24", "198.51.100.0/24"] });
    assert.deepEqual(
      rulesIn(set).map(({ from, to }) => [from, to]),
      [
        ["198.18.1.2", "192.0.2.0/24"],
        ["198.18.1.2", "198.51.100.0/24"],
        ["198.18.1.3", "192.0.2.0/24"],
        ["198.18.1.3", "198.51.100.0/24"],
      ],
    );
    assert.deepEqual(setOf(rulesIn(set).toReversed()), set);
    assert.equal(setOf(rulesIn(set).slice(1)), undefined, "no product");
    assert.equal(setOf([...rulesIn(setFrom({ from: "198.18.1.2" })), ...rulesIn(setFrom({ from: "198.18.1.3", table: 7 }))]), undefined);
  });

  it("is refused where it could not mean what it says", () => {
    assert.deepEqual(problems({ from: ["198.18.1.2", "2001:db8::2"] }), ["from: holds prefixes of both address families"]);
    assert.deepEqual(problems({ from: ["198.18.1.2", "198.18.1.3"], not: true }), [
      "not: cannot be combined with several prefixes in from: each packet is outside of one of them",
    ]);
    const many = Array.from({ length: 17 }, (_, index) => `198.18.0.${index}`);
    assert.deepEqual(problems({ from: many, to: many }), ["to: makes 289 rules together with from: at most 256 can be"]);
    for (const from of [[], 7, Array.from({ length: 257 }, () => "198.18.1.2")])
      assert.match(
        problems({ from, family: "inet" }).join(),
        /^from: expected an IPv4 or IPv6 address or prefix, .* or a list of 1 to 256 of them(, or \{ addressesOf: "eth1" \})?(, got 7)?$/,
      );
    for (const one of ["198.18.1.300", 7])
      assert.match(
        problems({ from: ["198.18.1.2", one], family: "inet" }).join(),
        /^from(\.1)?: expected an IPv4 or IPv6 address or prefix/,
      );
  });
});
