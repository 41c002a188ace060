import assert from "node:assert/strict";
import { compacted, emptyRegister, keysOf, ownLine } from "../../../provider/src/kernel/plan/register";
import { parseRegister } from "./atOnce";

const a = { id: "edge-1/rule/inet/1000#a", stack: "organization/project/prod" };
const b = { id: "edge-1/rule/inet/1001#b", stack: "organization/project/prod" };

describe("the register", () => {
  it("is a journal whose last line of a key counts", () => {
    const { entries, lines } = parseRegister(
      [ownLine("rule inet 1000", a), ownLine("rule inet 1001", a), ownLine("rule inet 1000", b), "rule inet 1001", ""].join("\n"),
    );
    assert.deepEqual([...entries], [["rule inet 1000", b]]);
    assert.equal(lines, 4);
  });

  it("holds what is owned again after it was let go", () => {
    assert.deepEqual([...parseRegister(["table 100", ownLine("table 100", a)].join("\n")).entries], [["table 100", a]]);
  });

  it("is empty where there is none", () => assert.deepEqual(parseRegister(""), emptyRegister));

  it("says what somebody owns", () => {
    const register = parseRegister(
      [ownLine("rule inet 1000", a), ownLine("rule inet 1001", b), ownLine("rule inet 1002 staging", a)].join("\n"),
    );
    assert.deepEqual(keysOf(register, a.id), ["rule inet 1000", "rule inet 1002 staging"]);
    assert.deepEqual(keysOf(register, "nobody"), []);
  });

  it("survives a line that was cut off: its key is let go, the others stay", () => {
    const { entries } = parseRegister(`${ownLine("rule inet 1000", a)}\nrule inet 1001\tedge-1/ru`);
    assert.deepEqual([...entries.keys()], ["rule inet 1000"]);
  });

  it("is rewritten when it is mostly history, and says the same then", () => {
    const history = Array.from({ length: 300 }, () => [ownLine("rule inet 1000", a), "rule inet 1000"]).flat();
    const register = parseRegister([...history, ownLine("rule inet 1000", b), ownLine("table 100", a)].join("\n"));
    const lines = compacted(register);
    assert.deepEqual(lines, [ownLine("rule inet 1000", b), ownLine("table 100", a)]);
    assert.deepEqual(parseRegister((lines ?? []).join("\n")).entries, register.entries);
    assert.equal(compacted(parseRegister(ownLine("table 100", a))), undefined);
  });
});
