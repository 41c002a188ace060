import assert from "node:assert/strict";
import { emptyState } from "../../../provider/src/kernel/observed/state";
import { kindOf } from "../../../provider/src/runtime/kinds";
import { parseRegister } from "../kernel/atOnce";

const stack = "organization/project/stack";

/** Milliseconds of CPU for a refresh of that many rules of one host, the least of some: other work on the machine only adds. */
function refresh(count: number): number {
  const priorities = Array.from({ length: count }, (_, index) => 1000 + index);
  const rules = Object.fromEntries(priorities.map((priority) => [`r${priority}`, { family: "inet", priority, table: 100 }]));
  const declared = kindOf("HostRouting").declared({ connection: { host: "h" }, owner: { stack }, rules });
  const state = {
    ...emptyState,
    rules: priorities.map((priority) => ({ rule: { family: "inet" as const, priority, table: 100 }, protocol: 214, unread: [] })),
    register: parseRegister(priorities.map((priority) => `rule inet ${priority}\tx\t${stack}\n`).join("")),
  };
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    assert.deepEqual(declared.read(state, "x")?.["rules"], rules);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe("many entries of one host", function () {
  this.timeout(60_000);

  it("are refreshed in time that grows with them: 2,000 at most 20 times 250", () => {
    const [few, many] = [refresh(250), refresh(2000)];
    console.log(`      ${few.toFixed(0)} ms and ${many.toFixed(0)} ms`);
    assert.ok(many <= 20 * few);
  });
});
