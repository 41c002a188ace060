import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { resourcesOf } from "../../../provider/src/cli/preview/resources";
import { short } from "../../../provider/src/runtime/short";

describe("the state of a whole host in a preview", () => {
  const rules = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`one-${index}`, { priority: 1000 + index, from: "203.0.113.10" }]),
  );
  const inputs = { connection: { host: "edge-1.example.net" }, rules };
  const stateOf = (outputs: Readonly<Record<string, unknown>>) => {
    const type = "pulumi-nodejs:dynamic/policyrouting:HostRouting";
    const oldState = { type, inputs, outputs: { machineId: "0", ...outputs } };
    return resourcesOf([{ op: "update", urn: `urn:pulumi:prod::edge::${type}::one`, oldState, newState: { type, inputs } }])[0]?.state;
  };

  it("is what its outputs say, in whatever form they were kept, before its inputs", () => {
    const others = { ...rules, "one-0": { priority: 1000, from: "203.0.113.11" } };
    const kept = short({ rules: others });
    assert.equal(typeof kept["rules"], "string");
    for (const outputs of [kept, { rules: others }]) assert.deepEqual(stateOf(outputs), { ...inputs, machineId: "0", rules: others });
  });

  it("is what its inputs say where an output is a secret as a whole", () =>
    assert.deepEqual(stateOf({ rules: "[secret]" }), { ...inputs, machineId: "0" }));
});
