// A stack goes from one door to the other: the hosts notice nothing.
// Both doors: one after the other, in one stack.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { rules, withoutTokens } from "./host";
import { watchRules } from "./monitor";
import { connection, useSite } from "./site";
import { byName, detail, steps } from "./state";

describe("from one door to the other", function () {
  this.timeout(300_000);
  const site = useSite("doors", 1, "dynamic");

  it("by its import alone: one update a resource without a login, under the same ids; and back, where the kernel reports no event either", async () => {
    const host = site.host();
    const { uplinks } = host;
    const program = `${connection(host)}
      const rule = new PolicyRule("rule", { connection, priority: 900, table: 7, from: "198.51.100.1" });
      new RoutingTable("table", { connection, tableId: 7, name: "seven" });
      new MultihomedHost("host", { connection, uplinks: {
        isp1: { device: "eth0", address: "${uplinks[0].address}/24", gateway: "${uplinks[0].gateway}", table: 101 },
        isp2: { device: "eth1", address: "${uplinks[1].address}/24", gateway: "${uplinks[1].gateway}", table: 102 } } });
      export const family = rule.family;`;
    const names = ["rule", "table", "host"];
    const { stack, write } = await site.project(program);
    await stack.up();
    const first = byName(await stack.export());
    const [before, logins, watch] = [await host.snapshot(), await host.countLogins(), await watchRules(host)];

    await write(program, "plugin");
    const preview = await stack.previewJson();
    assert.deepEqual(steps(preview.steps), { rule: "update", table: "update", host: "update" });
    for (const name of names) assert.deepEqual(detail(preview.steps, name), { __provider: "delete" });
    await stack.up();
    assert.equal(await host.countLogins(), logins, "a move opens no connection");
    const moved = byName(await stack.export());
    for (const name of names) {
      assert.equal(moved.get(name)?.id, first.get(name)?.id);
      assert.match(moved.get(name)?.urn ?? "", /policyrouting:index:(PolicyRule|RoutingTable|HostRouting)::/);
      assert.deepEqual(moved.get(name)?.inputs?.["owner"], first.get(name)?.inputs?.["owner"]);
    }
    const applied = (state: typeof first): string => String(state.get("host")?.outputs?.["appliedAt"]);
    assert.match(applied(first), /^[0-9]{4}-/);
    assert.equal(applied(moved), applied(first), "a move changes no host");
    const bytes = (state: typeof first): number => names.reduce((sum, name) => sum + JSON.stringify(state.get(name)).length, 0);
    const ratio = bytes(moved) / bytes(first);
    assert.ok(ratio <= 0.8, `the plugin's state is ${ratio.toFixed(2)} of the dynamic resources'`);
    await stack.refresh(["--expect-no-changes"]);
    assert.deepEqual(await stack.outputs(), { family: "inet" });

    await write(program, "dynamic");
    await stack.up();
    assert.ok(applied(byName(await stack.export())) > applied(first), "the way back is a takeover");
    assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before), "nothing on the host but the owner of the name is another");
    assert.deepEqual(await watch.end(), [await rules(host)], "the kernel reported no event");
    await stack.refresh(["--expect-no-changes"]);
    await stack.destroy();
    assert.deepEqual(await rules(host), []);
  });
});
