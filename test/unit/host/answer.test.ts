import assert from "node:assert/strict";
import { parseAnswer, section, sectionAfter, sectionsAfter } from "../../../provider/src/host/wire/answer";

const answer = (...lines: string[]) => parseAnswer(lines.join("\n"), "m4rk");

describe("the answer to a frame", () => {
  it("is a list of sections, and the frame's exit code", () => {
    const { code, sections } = answer("", "m4rk rules 4", "[]", "", "m4rk applied 1", "", "m4rk end 0");
    assert.equal(code, "0");
    assert.deepEqual(sections, [
      { name: "rules 4", text: "[]\n" },
      { name: "applied 1", text: "" },
    ]);
  });

  it("has noise before its first section", () => {
    const { sections } = answer("Welcome to edge-1!", "a m4rk in the middle of a line", "m4rk", "", "m4rk register", "x", "m4rk end 0");
    assert.deepEqual(sections, [{ name: "register", text: "x" }]);
  });

  it("is missing when nothing of it came", () => {
    assert.equal(answer("Permission denied").code, "missing");
  });

  it("tells a frame that was cut", () => assert.equal(answer("", "m4rk end cut").code, "cut"));

  it("keeps what looks like another's mark", () => {
    assert.equal(section(answer("", "m4rk register", "other end 0", "m4rk end 0"), "register"), "other end 0");
  });

  it("finds sections by their first word", () => {
    const found = answer("", "m4rk refused 1", "why", "m4rk refused 12", "because", "m4rk refusedly", "", "m4rk end 0");
    assert.deepEqual(sectionsAfter(found, "refused"), [
      { rest: "1", text: "why" },
      { rest: "12", text: "because" },
    ]);
    assert.deepEqual(sectionAfter(found, "refused"), { rest: "1", text: "why" });
    assert.equal(sectionAfter(found, "stopped"), undefined);
    assert.equal(section(found, "refused"), undefined);
  });
});
