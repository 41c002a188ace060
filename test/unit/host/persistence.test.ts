import assert from "node:assert/strict";
import { persistedSince } from "../../../provider/src/host/persistence";
import { parseNeighbours } from "../../../provider/src/kernel/persist/neighbours";
import type { Persistence } from "../../../provider/src/kernel/persist/persistence";
import { parseObjects } from "../../../provider/src/kernel/persist/stored";

const rule = (priority: number, table: number, id = "a"): string =>
  `# pulumi-policy-routing 1\t40-rule-inet-${priority}\t4\trule inet ${priority}\t${id}\torganization/a/a\trc-local\t214\nrule add priority ${priority} table ${table} proto 214\n`;
const persistence = (...texts: readonly string[]): Persistence => ({
  auto: undefined,
  disabled: false,
  script: undefined,
  inPlace: new Set(),
  fought: new Set(),
  neighbours: parseNeighbours(""),
  objects: parseObjects(texts.join("")),
});
const keys = new Set(["rule inet 1000"]);
const isSo = (before: Persistence, now: Persistence): boolean => persistedSince(before, now, keys).includes("rule inet 1000");

describe("what is persisted after a boot", () => {
  it("says that a change was confirmed, where it is new at one of its keys", () => {
    assert.equal(persistence(rule(1000, 100)).objects.size, 1);
    assert.equal(isSo(persistence(), persistence(rule(1000, 100))), true);
    assert.equal(isSo(persistence(rule(1000, 100)), persistence(rule(1000, 101))), true);
    assert.equal(isSo(persistence(rule(1000, 100)), persistence(rule(1000, 100, "b"))), true);
  });

  it("says nothing where it is as before, is not there, or is another's", () => {
    assert.equal(isSo(persistence(rule(1000, 100)), persistence(rule(1000, 100))), false);
    assert.equal(isSo(persistence(rule(1000, 100)), persistence()), false);
    assert.equal(isSo(persistence(), persistence(rule(1001, 100))), false);
  });
});
