import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backOf } from "../../../../provider/src/kernel/history/back";
import type { Held } from "../../../../provider/src/kernel/history/held";
import { remembered } from "../../../../provider/src/kernel/history/remembered";
import type { Revision } from "../../../../provider/src/kernel/history/revision";

const stack = "organization/edge/prod";
const key = "sysctl rp_filter eth1";
const held = (value: number, was: number | "?"): Held => ({
  id: "edge-1/routing#a",
  stack,
  more: `${was} ${value}`,
  object: { sysctl: { file: "rp_filter", device: "eth1", value } },
});
const revision = (n: number, boot: string, before: Held | undefined, after: Held | undefined): Revision => ({
  n,
  time: "2026-11-25T14:36:00Z",
  txn: `t-${n}`,
  boot,
  stack,
  tag: 214,
  who: "bob@ci",
  run: "one",
  bytes: 300,
  deltas: [{ key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }],
});
const ofAll = (revisions: readonly Revision[], boot = "now"): string | undefined => remembered(backOf(revisions), revisions, boot).get(key);

describe("what a setting was before it was ours", () => {
  const made = revision(1, "now", undefined, held(2, 0));

  it("is what the revisions of this boot say, where the register was lost between them too", () => {
    assert.equal(ofAll([made]), "0 2");
    assert.equal(ofAll([made, revision(2, "now", held(2, "?"), held(1, "?"))]), "0 1");
  });

  it("is not known from another boot, nor where somebody else had it between", () => {
    assert.equal(ofAll([made], "later"), undefined);
    assert.equal(ofAll([made, revision(2, "later", held(2, "?"), held(1, "?"))], "later"), undefined);
    const [gone, again] = [revision(2, "now", held(2, 0), undefined), revision(3, "now", undefined, held(1, "?"))];
    assert.equal(ofAll([made, gone, again]), undefined);
  });
});
