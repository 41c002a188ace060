import assert from "node:assert/strict";
import type { Facts } from "../../../provider/src/host/reading/facts";
import { kindOf } from "../../../provider/src/runtime/kinds";
import { Run } from "../../../provider/src/runtime/run";

const kind = kindOf("PolicyRule");
const stack = "organization/project/stack";
const inputs = (host: string, priority = 1000) => ({ connection: { host }, owner: { stack }, priority, family: "inet", table: 100 });
const key = "rule inet 1000";
const facts: Facts = { machineId: "m", bootId: "b", netns: "n", ownNetns: false, ipv6: true, kernel: "", iproute2: "", uptime: 0, ssh: "" };
const elsewhere: Facts = { ...facts, bootId: "c" };

async function refusal(run: Run, of: { id: string; host: string }, from: string, there: Facts | undefined): Promise<string | undefined> {
  const takes = [{ key, from: { id: from, stack } }];
  const error = await run.refusal(of.id, kind.declared(inputs(of.host)), takes, facts, async () => there);
  return error?.message;
}
const y = { id: "y", host: "2001:db8::1" };

describe("one run of the program", () => {
  it("finds one host under two addresses: who still declares a key keeps it, and both are named", async () => {
    const run = new Run();
    run.diff("x", kind, inputs("198.51.100.1"));
    assert.equal(
      await refusal(run, y, "x", facts),
      "2001:db8::1: rule inet 1000: y declares it here, and x at 198.51.100.1; both addresses lead to one host, and one object has one owner\n  next: declare it once, or give both resources one address",
    );
  });

  it("lets go what is declared no more, elsewhere, or at another key; what does not answer is not taken for the same", async () => {
    for (const [declare, there] of [
      [undefined, facts],
      [inputs("198.51.100.1", 1001), facts],
      [inputs("198.51.100.1"), elsewhere],
      [inputs("198.51.100.1"), undefined],
      [inputs(y.host), facts],
    ] as const) {
      const run = new Run();
      if (declare !== undefined) run.diff("x", kind, declare);
      assert.equal(await refusal(run, y, "x", there), undefined);
    }
  });

  it("does not take what a refresh asks for a declaration, and knows what comes after it", async () => {
    const run = new Run();
    run.reads("x");
    assert.equal(run.diff("x", kind, inputs("198.51.100.1")), false);
    assert.equal(await refusal(run, y, "x", facts), undefined);
    run.diff("x", kind, inputs("198.51.100.1"));
    assert.notEqual(await refusal(run, y, "x", facts), undefined);
  });

  it("has the host asked where the owner's own word comes later", async () => {
    const run = new Run();
    assert.equal(await refusal(run, y, "x", facts), undefined);
    assert.equal(run.diff("x", kind, inputs("198.51.100.1")), true);
    assert.equal(run.diff("x", kind, inputs(y.host)), false);
    assert.equal(run.diff("x", kind, inputs("198.51.100.1", 1001)), false);
    assert.equal(run.diff("z", kind, inputs("198.51.100.1")), false);
  });

  it("forgets what was removed", async () => {
    const run = new Run();
    run.declares("x", kind, inputs("198.51.100.1"));
    run.removes("x");
    assert.equal(await refusal(run, y, "x", facts), undefined);
  });
});
