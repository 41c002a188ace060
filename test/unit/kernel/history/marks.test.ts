import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { tagsOf } from "../../../../provider/src/declaration/owner";
import { againIn, isOver, type Mark, marksAfter, parseMarks, printMark } from "../../../../provider/src/kernel/history/marks";
import { emptyState, type State } from "../../../../provider/src/kernel/observed/state";
import type { Change } from "../../../../provider/src/kernel/plan/change";
import { plan } from "../../../../provider/src/kernel/plan/plan";
import { wantedRule } from "../../../../provider/src/kernel/rule/rule";

const stack = "organization/edge/prod";
const day = 24 * 3600 * 1000;
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
    const soon = { here: Date.parse(said.time) + 1000 };
    assert.deepEqual(marksAfter(marks, keys, state, soon), marks.slice(0, 1));
    assert.deepEqual(marksAfter(marks, new Set(), state, soon), marks);
    assert.deepEqual(marksAfter(marks, new Set(), state, { here: Date.parse(said.time) + 31 * day }), []);
  });

  it("is over when both clocks say so: one that is set ahead or behind, now or when it was made, ends nothing and keeps nothing for ever", () => {
    const made = Date.parse(said.time);
    const mark = { time: said.time, at: made / 1000 };
    const [soon, late] = [made + day, made + 31 * day];
    assert.equal(isOver(mark, { here: soon, there: soon }), false);
    assert.equal(isOver(mark, { here: late, there: late }), true);
    // Wrong now: the controller's, the host's.
    for (const wrong of [made + 4000 * day, made - 4000 * day, late]) {
      assert.equal(isOver(mark, { here: wrong, there: soon }), false);
      assert.equal(isOver(mark, { here: soon, there: wrong }), false);
    }
    // Wrong when it was made.
    for (const wrong of [4000, -4000]) {
      const time = new Date(made + wrong * day).toISOString();
      const at = (made + wrong * day) / 1000;
      assert.deepEqual(
        [soon, late].map((now) => isOver({ ...mark, time }, { here: now, there: now })),
        [false, true],
      );
      assert.deepEqual(
        [soon, late].map((now) => isOver({ ...mark, at }, { here: now, there: now })),
        [false, true],
      );
    }
    // Of an older version, or of a host that cannot tell.
    assert.deepEqual(
      [soon, late].map((now) => isOver({ time: said.time }, { here: now, there: now })),
      [false, true],
    );
    assert.deepEqual(
      [soon, late].map((now) => isOver(mark, { here: now })),
      [false, true],
    );
  });

  it("is read as it was printed, and what cannot be read refuses nothing", () => {
    const text = marks.map(printMark).join("\n");
    assert.deepEqual(
      parseMarks(`${text}\nhello\n{}\n`).map(({ bad, ...rest }) => ({ ...rest, bad })),
      marks.map(({ bad, ...rest }) => ({ ...rest, bad })),
    );
  });
});
