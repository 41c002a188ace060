import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { tagsOf } from "../../../../provider/src/declaration/owner";
import { againIn, type Mark, marksAfter, parseMarks, printMark } from "../../../../provider/src/kernel/history/marks";
import { emptyState, type State } from "../../../../provider/src/kernel/observed/state";
import type { Change } from "../../../../provider/src/kernel/plan/change";
import { plan } from "../../../../provider/src/kernel/plan/plan";
import { wantedRule } from "../../../../provider/src/kernel/rule/rule";

const stack = "organization/edge/prod";
const rule = (priority: number, table: number) => ({ family: "inet", priority, from: "198.51.100.1", table }) as const;
const said = { stack, run: "ci-4711", who: "alice@ops", time: "2026-11-25T14:40:00Z", why: "customer down" };
/** A run moved a rule from 1000 to 1010, and was taken back. */
const marks: Mark[] = [
  { key: "rule inet 1010", bad: { rule: rule(1010, 100) }, ...said },
  { key: "rule inet 1000", bad: undefined, ...said },
];
const state: State = {
  ...emptyState,
  rules: [{ rule: rule(1000, 100), protocol: 214, unread: [] }],
  register: { entries: new Map([["rule inet 1000", { id: "a", stack }]]), lines: 1 },
};
const change = (...wanted: ReturnType<typeof rule>[]): Change => ({
  id: "a",
  stack,
  tags: tagsOf(undefined),
  adopt: false,
  wanted: wanted.map(wantedRule),
});
const again = (of: Change, at = state) => againIn(marks, plan(of, at), at);

describe("what was taken back", () => {
  it("is refused when it comes again whole", () => {
    const { refused, marks: these } = again(change(rule(1010, 100)));
    assert.equal(refused, true);
    assert.deepEqual(these, marks);
  });

  it("is not refused where a part of it is something else: a correction; what it makes again is told", () => {
    assert.equal(again(change(rule(1010, 103))).refused, false);
    const kept = again(change(rule(1010, 100), rule(1000, 100)));
    assert.deepEqual([kept.refused, kept.marks.length, kept.touched], [false, 1, 2]);
  });

  it("is not refused where nothing of it changes, where all of the resource goes, and for another stack", () => {
    assert.equal(again(change(rule(1000, 100))).refused, false);
    assert.equal(again(change()).refused, false);
    assert.equal(again({ ...change(rule(1010, 100)), stack: "organization/core/prod" }).refused, false);
  });

  it("is forgotten where its entry has become something else, and after 30 days", () => {
    const keys = new Set(["rule inet 1000"]);
    const soon = Date.parse(said.time) + 1000;
    assert.deepEqual(marksAfter(marks, keys, state, soon), marks.slice(0, 1));
    assert.deepEqual(marksAfter(marks, new Set(), state, soon), marks);
    assert.deepEqual(marksAfter(marks, new Set(), state, Date.parse(said.time) + 31 * 24 * 3600 * 1000), []);
  });

  it("is read as it was printed, and what cannot be read refuses nothing", () => {
    const text = marks.map(printMark).join("\n");
    assert.deepEqual(
      parseMarks(`${text}\nhello\n{}\n`).map(({ bad, ...rest }) => ({ ...rest, bad })),
      marks.map(({ bad, ...rest }) => ({ ...rest, bad })),
    );
  });
});
