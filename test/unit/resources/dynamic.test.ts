import assert from "node:assert/strict";
import { MultihomedHost, PolicyRule } from "pulumi-policy-routing";

describe("a resource that cannot be declared", () => {
  it("says where in the program it stands, and leaves stack traces as they were", () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    assert.throws(
      () => new PolicyRule("outside any stack", { connection: { host: "192.0.2.1" }, priority: 1000, from: "203.0.113.1" }),
      (error) => error instanceof Error && /organization/.test(error.message) && /dynamic\.test\.ts/.test(error.stack ?? ""),
    );
    assert.deepEqual([Error.stackTraceLimit, Error.prepareStackTrace], [stackTraceLimit, prepareStackTrace]);
  });
});

describe("an option of which a dynamic resource never hears", () => {
  const args = { connection: { host: "192.0.2.1" }, priority: 1000, from: "203.0.113.1" };
  const host = { connection: { host: "192.0.2.1" }, uplinks: {} };

  it("import is refused, with the way that there is", () => {
    const message = /^PolicyRule edge: import is not possible here: leave it out and set adopt: "same"/;
    assert.throws(() => new PolicyRule("edge", args, { import: "x" }), { message });
  });

  it("customTimeouts are refused, with what to set instead, of a component too", () => {
    const said = { message: /edge: customTimeouts would not be heard here: .*guard\.confirmTimeout.*connection\.perDialTimeout/ };
    assert.throws(() => new PolicyRule("edge", args, { customTimeouts: { update: "3s" } }), said);
    assert.throws(() => new MultihomedHost("edge", host, { customTimeouts: { create: "3s" } }), said);
  });
});
