import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { soak } from "../soak/soak";

describe("a short soak", () => {
  it("14 faults, some of every group that needs no booted host: no host lost, no state between before and after, no false report", async function () {
    this.timeout(180_000);
    const said: string[] = [];
    const tally = await soak({ faults: 14, seed: 7, hosts: 5, lab: "test-soak", say: (text) => said.push(text) });
    assert.ok(tally.isClean, said.filter((text) => text.includes("\n")).join("\n"));
    assert.equal(tally.faults, 14);
  });
});
