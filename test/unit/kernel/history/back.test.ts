import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backOf, checkLater, choose, follows } from "../../../../provider/src/kernel/history/back";
import type { Held } from "../../../../provider/src/kernel/history/held";
import type { Delta, Revision } from "../../../../provider/src/kernel/history/revision";

const stack = "organization/edge/prod";
const held = (table: number, id = "edge-1/rule#a", priority = 1000): Held => ({
  id,
  stack,
  object: { rule: { family: "inet", priority, from: "198.51.100.1", table } },
});
const revision = (n: number, run: string, deltas: readonly Delta[], more: Partial<Revision> = {}): Revision => ({
  n,
  time: "2026-11-25T14:36:00Z",
  txn: `t-${n}`,
  boot: "b",
  ...(n > 1 ? { previous: `t-${n - 1}` } : {}),
  stack,
  tag: 214,
  who: "bob@ci",
  run,
  bytes: 300,
  deltas,
  ...more,
});
const key = "rule inet 1000";
const made = revision(1, "one", [{ key, after: held(100) }]);
const changed = revision(2, "two", [{ key, before: held(100), after: held(101) }]);
const gone = revision(3, "three", [{ key, before: held(101) }]);

describe("the way back over several revisions", () => {
  it("leads from what the newest one left to what stood before the oldest", () => {
    assert.deepEqual(backOf([changed, gone]), [{ key, from: undefined, to: held(100) }]);
    assert.deepEqual(backOf([gone, changed]), backOf([changed, gone]), "by their numbers");
  });

  it("has nothing where it would end as it began", () => {
    assert.deepEqual(backOf([made, changed, gone]), []);
    assert.deepEqual(backOf([changed, revision(3, "x", [{ key, before: held(101), after: held(100) }])]), []);
  });

  it("takes a change of the owner for one, though the entry is the same", () => {
    const renamed = revision(2, "two", [{ key, before: held(100), after: held(100, "edge-1/rule#b") }]);
    assert.deepEqual(
      backOf([renamed]).map(({ to }) => to?.id),
      ["edge-1/rule#a"],
    );
  });
});

describe("what is chosen", () => {
  const refused = (words: RegExp, all: readonly Revision[], wish: Parameters<typeof choose>[1]): void =>
    assert.throws(() => choose(all, wish), words);

  it("is a run, or all behind a revision; nothing where the host knows nothing of it", () => {
    const all = [made, changed, gone];
    assert.deepEqual(
      choose(all, { run: "two" })?.revisions.map(({ n }) => n),
      [2],
    );
    assert.deepEqual(
      choose(all, { to: 0 })?.revisions.map(({ n }) => n),
      [1, 2, 3],
    );
    assert.equal(choose(all, { run: "four" }), undefined);
    assert.equal(choose([], { run: "one" }), undefined);
  });

  it("is no number that is not kept, or to which something is missing, or in the midst of a run", () => {
    refused(/revision 3 is not one to go back to: 0 to 2 are/, [made, changed, gone], { to: 3 });
    refused(/revision 3 is not one to go back to: there is no history on this host/, [], { to: 3 });
    assert.equal(choose([], { to: 0 }), undefined);
    refused(/revision 4 does not follow 2/, [made, changed, { ...gone, n: 4 }], { to: 1 });
    refused(/revision 3 does not follow 2/, [made, changed, { ...gone, previous: "t-lost" }], { to: 1 });
    refused(/revision 2 is in the midst of run two: 1 or 3/, [made, changed, { ...gone, run: "two" }], { to: 2 });
    assert.notEqual(choose([made, changed, { ...gone, run: "two" }], { to: 2, force: true }), undefined);
  });

  it("is of one stack and one tag, of what this version knows, and took nothing over", () => {
    refused(/several stacks: organization\/edge\/prod, organization\/core\/prod/, [made, { ...changed, stack: "organization/core/prod" }], {
      to: 0,
    });
    refused(/written by a newer version/, [made, { ...changed, deltas: undefined }], { run: "two" });
    refused(/policy-routing:owner was changed meanwhile/, [made, revision(2, "two", [{ key: `${key} proto 220`, after: held(100) }])], {
      run: "two",
    });
    const took = revision(2, "two", [{ key, before: held(100), took: ["from all lookup 9 proto 4"] }]);
    refused(
      /revision 2 took over at rule inet 1000 what was not ours, and it cannot be given back: from all lookup 9 proto 4/,
      [made, took],
      {
        run: "two",
      },
    );
  });

  it("gives back what was taken over where ours stands in its place, and nothing of ours was there before", () => {
    const rule = { family: "inet", priority: 1000, from: "198.51.100.1", table: 9 } as const;
    const taken = [{ proto: 4, is: { rule } }];
    const words = ["ip -4 rule pref 1000 from 198.51.100.1 table 9 proto 4"];
    const adopted = revision(1, "one", [{ key, after: held(9), took: words, taken }]);
    assert.deepEqual(choose([adopted, changed], { to: 0 })?.back, [{ key, from: held(101), to: undefined, given: taken }]);
    refused(/took over at rule inet 1000/, [adopted, revision(2, "two", [{ key, before: held(9) }])], { to: 0 });
    refused(/took over at rule inet 1000/, [revision(1, "one", [{ key, before: held(100), after: held(9), took: words, taken }])], {
      to: 0,
    });
    refused(/took over at rule inet 1000/, [revision(1, "one", [{ key, after: held(9), took: [...words, "more"], taken }])], { to: 0 });
  });

  it("is nothing more where what was taken over has been given back, and the last that was taken where it was taken again", () => {
    const rule = { family: "inet", priority: 1000, from: "198.51.100.1", table: 9 } as const;
    const taken = [{ proto: 4, is: { rule } }];
    const words = ["ip -4 rule pref 1000 from 198.51.100.1 table 9 proto 4"];
    const adopted = revision(1, "one", [{ key, after: held(9), took: words, taken }]);
    const back = revision(2, "back", [{ key, before: held(9), gave: words }]);
    assert.deepEqual(choose([adopted, back], { to: 0 })?.back, []);
    const again = revision(3, "again", [{ key, after: held(9), took: words, taken }]);
    assert.deepEqual(choose([adopted, back, again], { to: 0 })?.back, [{ key, from: held(9), to: undefined, given: taken }]);
  });

  it("was not changed again by a later run", () => {
    const all = [made, changed, gone];
    const choice = choose(all, { run: "two" });
    assert.ok(choice !== undefined);
    assert.throws(() => checkLater(all, choice), /changed again by revision 3 \(run three, bob@ci\)/);
    checkLater([made, changed], choice);
  });

  it("a revision whose number came late is no gap", () => {
    const late = { ...changed, previous: "t-1" };
    assert.equal(follows({ ...gone, previous: "t-1" }, late), true);
    assert.equal(follows({ ...gone, previous: "t-0" }, late), false);
  });
});
