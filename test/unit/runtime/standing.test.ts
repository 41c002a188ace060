import assert from "node:assert/strict";
import { emptyState, type ObservedRule } from "../../../provider/src/kernel/observed/state";
import { kindOf } from "../../../provider/src/runtime/kinds";
import { parseRegister } from "../kernel/atOnce";

const kind = kindOf("PolicyRule");
const stack = "organization/project/stack";
const declared = (priority: number) =>
  kind.declared({ connection: { host: "h" }, owner: { stack, proto: 100 }, family: "inet", priority, table: 101 });
const rule = (table: number, protocol: number): ObservedRule => ({
  rule: { family: "inet", priority: 1000, table },
  protocol,
  unread: [],
});
const register = parseRegister(`rule inet 1000\tx\t${stack}\n`);

describe("what a refresh finds by a register's line that an older version wrote without its tag", () => {
  it("is what stands under the tag of the state, never what another stack has beside it under the default tag", () => {
    const state = { ...emptyState, rules: [rule(202, 214), rule(101, 100)], register };
    assert.deepEqual(declared(1000).read(state, "x"), { family: "inet", priority: 1000, table: 101 });
    // Left where it was, by a change to another priority that was undone.
    assert.deepEqual(declared(1001).read(state, "x"), { family: "inet", priority: 1000, table: 101 });
  });
});
