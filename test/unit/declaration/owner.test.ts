import assert from "node:assert/strict";
import { internalFields } from "../../../provider/src/declaration/everyResource";
import { isSameStack, tagsOf, wrongOwner } from "../../../provider/src/declaration/owner";
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

describe("one stack", () => {
  const same: readonly (readonly [string, string, boolean])[] = [
    ["acme/edge/prod", "acme/edge/prod", true],
    ["organization/edge/prod", "acme/edge/prod", true],
    ["acme/edge/prod", "organization/edge/prod", true],
    ["acme/edge/prod", "globex/edge/prod", false],
    ["organization/edge/prod", "acme/edge/test", false],
    ["organization/edge/prod", "acme/core/prod", false],
    ["organization/edge", "edge", false],
  ];
  for (const [one, other, is] of same)
    it(`${one} and ${other} ${is ? "are" : "are not"}`, () => {
      assert.equal(isSameStack(one, other), is);
    });
});
