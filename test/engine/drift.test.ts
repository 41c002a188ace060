// What somebody else did to a host, and hosts that do not answer.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { rules, withoutTokens } from "./host";
import { connection, doors, useSite } from "./site";
import { byName, detail, steps } from "./state";

const fast = { dialErrorLimit: 0, perDialTimeout: 2 };

for (const door of doors)
  describe(`a refresh, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("drift", 4, door);

    it("shows a rule that was changed and a rule that was deleted by hand, and `up --refresh` repairs both, with one login", async () => {
      const host = site.host();
      const { address } = host.uplinks[1];
      const program = `${connection(host)}
      for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        new PolicyRule("rule-" + n, { connection, priority: 1000 + n, table: 5, from: "${address}" });
      new PolicyRoute("route", { connection, table: 5, destination: "203.0.113.0/24", dev: "eth1" });
      new RoutingTable("table", { connection, tableId: 5, name: "five" });`;
      const { stack } = await site.project(program);
      await stack.up();
      const before = await host.snapshot();

      const logins = await host.countLogins();
      await stack.refresh(["--expect-no-changes"]);
      assert.equal((await host.countLogins()) - logins, 1, "12 resources, one login");

      await host.exec(`ip rule del pref 1001; ip rule add pref 1001 from 198.51.100.66 table 6 proto 214; ip rule del pref 1002
      ip route replace 203.0.113.0/24 dev eth0 table 5 proto 214; rm /etc/iproute2/rt_tables.d/policy-routing-5.conf`);
      const preview = await stack.previewJson(["--refresh"]);
      const planned = preview.steps.filter(({ op }) => op !== "refresh" && op !== "same");
      assert.deepEqual(detail(planned, "rule-1"), { from: "update", table: "update" });
      assert.deepEqual(steps(planned), { "rule-1": "update", "rule-2": "create", route: "update", table: "create" });
      const { stdout } = await stack.preview(["--refresh", "--diff"]);
      assert.match(stdout, /198\.51\.100\.66/);

      await stack.up(["--refresh"]);
      assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before));
      await stack.refresh(["--expect-no-changes"]);
    });

    it("a host that does not answer: up fails and names it, refresh fails with a recipe, and the recipe works", async () => {
      const [dead, alive] = [site.host(), site.host()];
      const program = (table: number): string => `${connection(dead, fast, "dead")}${connection(alive, {}, "alive")}
      new PolicyRule("gone", { connection: dead, priority: 1000, table: ${table}, from: "198.51.100.1" });
      new PolicyRule("here", { connection: alive, priority: 1000, table: ${table}, from: "198.51.100.1" });`;
      const { stack, write } = await site.project(program(1));
      await stack.up();
      await dead.linkDown();

      await write(program(2));
      const up = await stack.up(["--continue-on-error"], { expectFailure: true });
      assert.match(up.stdout, new RegExp(`${dead.address}: .*not reachable|${dead.address}: .*no login`));
      assert.deepEqual(await rules(alive), ["1000 from 198.51.100.1 lookup 2 proto 214"]);
      const state = byName(await stack.export());
      assert.equal(state.get("gone")?.outputs?.["table"], 1, "a failed update keeps the old state");
      assert.equal(state.get("here")?.outputs?.["table"], 2);

      const refresh = await stack.refresh([], { expectFailure: true });
      const [, recipe] = /add (--exclude '\*\*NAME')/.exec(refresh.stdout) ?? [];
      assert.match(refresh.stdout, new RegExp(dead.address));
      assert.ok(recipe, refresh.stdout);
      assert.doesNotMatch(refresh.stdout + refresh.stderr, /\n\s+at .*\.js:/, "a message, no stack");
      assert.ok(byName(await stack.export()).has("gone"), "not reachable is never gone");
      await stack.refresh(["--exclude", "**gone"]);

      const destroy = await stack.destroy([], { expectFailure: true });
      assert.match(destroy.stdout, /--exclude '\*\*NAME'/);
      await stack.destroy(["--exclude", "**gone"]);
      assert.deepEqual([...byName(await stack.export()).keys()].includes("here"), false);

      await dead.linkUp();
      await write(program(2));
      await stack.up();
      assert.deepEqual(await rules(dead), ["1000 from 198.51.100.1 lookup 2 proto 214"]);
    });

    it("after a reboot everything is seen to be gone, and `up --refresh` brings it back", async () => {
      const host = site.host();
      const { stack } = await site.project(`${connection(host)}
      new PolicyRule("rule", { connection, priority: 1000, table: 5, from: "198.51.100.1" });
      new PolicyRoute("route", { connection, table: 5, destination: "203.0.113.0/24", dev: "eth1" });
      new RoutingTable("table", { connection, tableId: 5, name: "five" });`);
      await stack.up();
      const before = await host.snapshot();
      await host.reboot();
      const { stdout } = await stack.up(["--refresh"]);
      assert.match(stdout, /\+ 2 created/);
      assert.equal(await host.snapshot(), before);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });
  });
