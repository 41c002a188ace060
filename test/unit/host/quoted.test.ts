import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { typed } from "../../../provider/src/host/wire/quoted";

describe("a word in what a person is told to type", () => {
  it("stands as it is where a shell reads it so, and in quotes elsewhere", () => {
    assert.equal(typed("ci-4711"), "ci-4711");
    assert.equal(typed("two words; x"), "'two words; x'");
    assert.equal(typed("it's"), "'it'\\''s'");
    assert.equal(typed(""), "''");
  });
});
