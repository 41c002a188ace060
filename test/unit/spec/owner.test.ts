import assert from "node:assert/strict";
import { internalFields } from "../../../provider/src/spec/common";
import { tagsOf, wrongOwner } from "../../../provider/src/spec/owner";
import { problemsWith } from "./problems";

const problems = (owner: unknown): string[] => problemsWith(internalFields, { owner });

describe("the owner", () => {
  it("has a tag, and the next one for the moment of exchange", () => {
    assert.deepEqual(tagsOf(undefined), { owner: 214, staging: 215 });
    assert.deepEqual(tagsOf(100), { owner: 100, staging: 101 });
  });

  it("is a stack and a tag that is not the kernel's", () => {
    assert.deepEqual(problems({ stack: "organization/project/stack", proto: 253 }), []);
    assert.deepEqual(problems({ stack: "a b" }), ["owner.stack: expected ORGANIZATION/PROJECT/STACK"]);
    assert.deepEqual(problems({ stack: "a\tb" }), ["owner.stack: expected ORGANIZATION/PROJECT/STACK"]);
    assert.deepEqual(problems({ stack: "a", proto: 4 }), ["owner.proto: expected a whole number from 5 to 253"]);
    assert.deepEqual(problems({}), ["owner.stack: is required"]);
  });

  it("may be new if it is even and nobody else's; what an older version took is read all the same", () => {
    for (const proto of [undefined, 6, 100, 184, 200, 214, 252]) assert.equal(wrongOwner(proto), undefined);
    for (const proto of [5, 7, 186, 190, 198, 215, 253]) assert.match(wrongOwner(proto) ?? "", /^expected an even number/);
    assert.deepEqual(problems({ stack: "organization/project/stack", proto: 215 }), []);
  });
});
