import assert from "node:assert/strict";
import { endingError, type Undone } from "../../../provider/src/host/transaction/ending";

const undone = (some: Partial<Undone>): Undone => ({
  outcome: "undone",
  reason: { topic: "probe-failed", what: "a probe failed", next: "correct it" },
  differences: [],
  foreign: [],
  ...some,
});
const told = (some: Partial<Undone>) => endingError("h1", "rule", undone(some));

describe("a change that was undone", () => {
  it("is verified where what is there is as before, and what the undo complained of is told", () => {
    const error = told({ complaint: "ip -4 rule del pref 7: No such file or directory" });
    assert.equal(error.outcome, "reverted");
    assert.match(
      error.message,
      /: reverted \(verified\): a probe failed\n {2}came back: its undo: ip -4 rule del pref 7: No such file.*\n {2}next: correct it$/,
    );
  });

  it("differs where something does, and says what, and that its undo failed", () => {
    const differences = [{ key: "rule inet 7", was: "nothing", is: "from 10.0.0.1 proto 214" }];
    const error = told({ differences, complaint: "ip -4 rule del pref 7: Operation not permitted" });
    assert.equal(error.outcome, "differs");
    assert.match(
      error.message,
      /: reverted, but differs: rule inet 7: was nothing, is from 10\.0\.0\.1 proto 214, its undo failed: a probe failed/,
    );
    assert.match(error.message, /came back: its undo: ip -4 rule del pref 7: Operation not permitted/);
  });

  it("differs where what is there could not be read: that is never taken for as before", () => {
    const error = told({ unread: "ip could not show rules 4" });
    assert.equal(error.outcome, "differs");
    assert.match(
      error.message,
      /: reverted, but differs: what is there now could not be read: a probe failed\n {2}came back: ip could not show rules 4/,
    );
  });
});
