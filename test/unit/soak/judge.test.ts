import assert from "node:assert/strict";
import type { Answered } from "../../soak/controller";
import { declarationOf } from "../../soak/declaration";
import { byItself, type Damage, type Fault } from "../../soak/faults/fault";
import { type Case, judge } from "../../soak/judge";
import type { Call, Failure } from "../../soak/protocol";
import { type Resource, Stack, shownOf } from "../../soak/stack";
import type { Report } from "../../soak/steps";
import type { View } from "../../soak/view";

const stack = new Stack("organization/soak/first", 214);
const fields = { family: "inet", priority: 1000, from: "203.0.113.9", table: 100 };
const slot = "rule inet 1000";
const text = "203.0.113.9 all - - - - table 100";
const resource = (takes: readonly string[] = []): Resource => ({
  name: "rule",
  sort: "single",
  declaration: declarationOf("PolicyRule", fields, 214),
  door: "first",
  also: {},
  takes,
  sweeps: [],
});
const call: Call = { method: "create", kind: "PolicyRule", fields };
const fault: Fault = { name: "none", group: "none", ...byItself };

const view = (texts: readonly string[], foreign: readonly string[] = [], others: readonly [string, readonly string[]][] = []): View => {
  const ours = new Map(texts.length === 0 ? others : [[slot, texts] as const, ...others]);
  return { ours, foreign, orders: new Map(ours) };
};
const [bare, made] = [view([]), view([text])];

const answered = (failure?: Partial<Failure>, at = 0): Answered => ({
  call,
  at,
  reply: failure === undefined ? { number: 1, ok: { id: "id", state: {} } } : { number: 1, failed: { message: "", ...failure } },
});
const report = (answer: Answered | undefined, wanted = resource()): Report => ({
  step: { stack, name: "rule", call, was: undefined, wanted, after: new Map([...shownOf(wanted)].map(([at, is]) => [at, [is]])), phase: 2 },
  answered: answer,
});
const told = { applied: answered(), killed: { ...answered(), reply: undefined } } as const;
const reverted = answered({ message: "h: rule: reverted (verified): probe failed", outcome: "reverted" });
const differs = answered({ message: `h: rule: reverted, but differs: ${slot}: was nothing, is that: lost`, outcome: "differs" });
const unknown = (at: number): Answered =>
  answered({ message: "h: unknown: host not reachable since 2026-01-01T00:00:00.000Z; nothing guards it: x", outcome: "unknown" }, at);

const judged = (answer: Answered | undefined, after: View, more: Partial<Case> = {}, before = bare): string[] => {
  const damage: Damage = {};
  const one: Case = {
    fault,
    before,
    after,
    reports: [report(answer)],
    damage,
    absent: () => [],
    healedAt: 0,
    isStruck: true,
    undone: 0,
    ...more,
  };
  return judge(one).map((failing) => `${failing.kind}: ${failing.text.split("\n")[0]}`);
};

describe("the judge of the soak", () => {
  it("finds nothing where what was told is so", () => {
    assert.deepEqual(judged(told.applied, made), []);
    assert.deepEqual(judged(reverted, bare), []);
    assert.deepEqual(judged(differs, made), []);
    assert.deepEqual(judged(unknown(1000), bare), []);
    for (const after of [bare, made]) assert.deepEqual(judged(told.killed, after), []);
  });

  const lies: readonly (readonly [string, RegExp, () => string[]])[] = [
    ["applied, and it is not", /^misreported: .*said to be applied/, () => judged(told.applied, bare)],
    ["reverted, and it is not", /^misreported: .*said to be as before/, () => judged(reverted, made)],
    ["differs, and it does not", /^misreported: .*said to differ/, () => judged(differs, bare)],
    [
      "reverted, and the rules at its priority stand in another order",
      /^misreported: .*said to be as before/,
      () => judged(reverted, { ...made, orders: new Map([[slot, ["b", "a"]]]) }, {}, { ...made, orders: new Map([[slot, ["a", "b"]]]) }),
    ],
    [
      "differs, without a word of what differs",
      /^misreported: .*does not say that rule inet 1000 differs/,
      () => judged(answered({ message: "h: reverted, but differs: something", outcome: "differs" }), made),
    ],
    ["unchanged, and it is changed", /^misreported: .*said to be unchanged/, () => judged(answered({ message: "h: busy" }), made)],
    ["unknown, long after the host could be reached", /^misreported: .*could be reached/, () => judged(unknown(60_000), bare)],
    [
      "two endings",
      /^misreported: .*more than one ending/,
      () => judged(answered({ message: "reverted (verified): no, reverted, but differs: it", outcome: "reverted" }), bare),
    ],
    [
      "another ending to the engine than to the person",
      /^misreported: .*differs to the engine/,
      () => judged(answered({ message: "reverted (verified)", outcome: "differs" }), bare),
    ],
    [
      "nothing at all, though the host undid it",
      /^misreported: the host undid a transaction/,
      () => judged(answered({ message: "ip could not show rules" }), bare, { undone: 1 }),
    ],
    [
      "applied, though a check failed",
      /^misreported: .*must not be/,
      () => judged(told.applied, made, { fault: { ...fault, forbids: true } }),
    ],
    [
      "reverted, while nothing could be undone",
      /^misreported: .*while nothing could be undone/,
      () => judged(reverted, bare, { fault: { ...fault, jams: true }, healedAt: 1000 }),
    ],
    [
      "undone, by a fault that every change must bear",
      /^misreported: undone for nothing/,
      () => judged(reverted, bare, { fault: { ...fault, bears: true }, undone: 1 }),
    ],
    ["a thing that was not asked for", /^misreported: .*was not asked for/, () => judged(undefined, made)],
  ];
  for (const [name, words, find] of lies)
    it(`finds the lie: ${name}`, () => {
      const found = find();
      assert.ok(
        found.some((failing) => words.test(failing)),
        found.join("\n") || "nothing was found",
      );
    });

  it("finds what is neither as before nor as wanted", () => {
    assert.match(judged(told.killed, view(["another"]))[0] ?? "", /^wrong: .*neither before nor after/);
  });

  it("finds what no change was about: an entry of ours, and one of somebody else", () => {
    const other: [string, readonly string[]] = ["route inet table 100 default", ["- eth1 - -"]];
    assert.match(judged(told.applied, made, {}, view([], [], [other]))[0] ?? "", /^wrong: route inet table 100 default was in no change/);
    assert.match(judged(told.applied, made, {}, view([], ["inet 900: somebody's"]))[0] ?? "", /^wrong: what is not ours: gone: inet 900/);
  });

  it("lets a device take along what goes by it, and nothing else", () => {
    const damage = { gone: (at: string) => at === slot };
    assert.deepEqual(judged(told.applied, bare, { damage }), []);
    assert.notDeepEqual(judged(told.applied, bare, { damage: { gone: () => false } }), []);
    // What went before a transaction began is as it was before that one.
    assert.deepEqual(judged(reverted, bare, { damage: { ...damage, early: true } }, made), []);
    assert.notDeepEqual(judged(reverted, bare, { damage }, made), []);
  });

  it("believes an undo that failed where a device took what it was to put back, and nowhere else", () => {
    const failed = (more = ""): Answered =>
      answered({ message: `h: reverted, but differs: ${slot}: was that, is nothing${more}, its undo failed`, outcome: "differs" });
    const damage = { gone: (at: string) => at === slot };
    assert.deepEqual(judged(failed(), bare, { damage }, made), []);
    const doubts = (failings: readonly string[]): void =>
      assert.ok(
        failings.some((failing) => failing.includes("doubts what can be seen")),
        failings.join("\n") || "nothing was found",
      );
    doubts(judged(failed(), bare, { damage: { gone: () => false } }, made));
    doubts(judged(failed(), made, { damage }, view(["another"])));
    doubts(judged(failed(", what is there now could not be read"), bare, { damage }, made));
  });

  it("wants what was adopted to be gone, and to be there again when that was undone", () => {
    const theirs = "inet 1000: from 203.0.113.9 lookup 160";
    const adopting = (answer: Answered, after: View): string[] =>
      judged(answer, after, { reports: [report(answer, resource([theirs]))] }, view([], [theirs]));
    assert.deepEqual(adopting(told.applied, made), []);
    assert.deepEqual(adopting(reverted, view([], [theirs])), []);
    assert.notDeepEqual(adopting(told.applied, view([text], [theirs])), []);
    assert.notDeepEqual(adopting(reverted, bare), []);
  });
});
