import assert from "node:assert/strict";
import { nearest, printProblem } from "../../../provider/src/spec/failures";

describe("the nearest known name", () => {
  const names = ["priority", "from", "to", "fwmark", "suppressPrefixlength"];
  for (const [written, meant] of [
    ["prioritty", "priority"],
    ["Priority", "priority"],
    ["form", "from"],
    ["fwMark", "fwmark"],
    ["fw_mark", "fwmark"],
    ["supressPrefixLength", "suppressPrefixlength"],
  ])
    it(`to ${written} is ${meant}`, () => assert.equal(nearest(written ?? "", names), meant));

  it("is not told when nothing is near", () => {
    assert.equal(nearest("description", names), undefined);
    assert.equal(nearest("x", []), undefined);
  });
});

it("a problem is printed with its path", () => {
  assert.equal(printProblem({ path: ["guard", "probes", 0, "via"], text: "is required" }), "guard.probes.0.via: is required");
  assert.equal(printProblem({ path: [], text: "is required" }), "is required");
});
