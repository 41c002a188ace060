import assert from "node:assert/strict";
import { PolicyRule } from "pulumi-policy-routing";

describe("a resource that cannot be declared", () => {
  it("says where in the program it stands, and leaves the depth of stack traces as it was", () => {
    const { stackTraceLimit } = Error;
    assert.throws(
      () => new PolicyRule("outside any stack", { connection: { host: "192.0.2.1" }, priority: 1000, from: "203.0.113.1" }),
      (error) => error instanceof Error && /organization/.test(error.message) && /dynamic\.test\.ts/.test(error.stack ?? ""),
    );
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });
});
