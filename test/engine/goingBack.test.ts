// What the engine makes of entries that stand elsewhere than its state says.
import { strict as assert } from "node:assert";
import { afterEach, describe, it } from "mocha";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { connection, doors, useSite } from "./site";
import { steps } from "./state";

for (const door of doors)
  describe(`an entry that was put back on its host, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("going-back", 3, door);
    afterEach(() => closeHosts());

    it("is shown as changed and not as gone, where its id stands at another key: the next up moves it, and nothing is left behind", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const program = (priority: number, table: number): string => `${connection(host)}
      new PolicyRule("a", { connection, priority: ${priority}, table: 1, from: "198.51.100.1", persist: "none" });
      new PolicyRoute("r", { connection, table: ${table}, destination: "203.0.113.0/24", dev: "eth1", persist: "none" });
      new RoutingTable("t", { connection, tableId: ${table}, name: "seven" });`;
      const { stack, write } = await site.project(program(1000, 7));
      await stack.up();
      await write(program(1010, 8));
      await stack.up();
      const moved = await host.snapshot();
      // As a rollback leaves it: the old key, in the same id's name.
      await host.exec(`cd /run/policy-routing
      a=$(grep '^rule inet 1010	' register | tail -n 1) r=$(grep '^route inet table 8 ' register | tail -n 1)
      ip rule add pref 1000 from 198.51.100.1 table 1 proto 214; ip rule del pref 1010 proto 214
      ip route add 203.0.113.0/24 dev eth1 table 7 proto 214; ip route del 203.0.113.0/24 dev eth1 table 8
      printf '%s\\n' 'rule inet 1010' "rule inet 1000	\${a#*	}" 'route inet table 8 203.0.113.0/24' "route inet table 7 203.0.113.0/24	\${r#*	}" >>register
      cd /etc/iproute2/rt_tables.d; sed 's/^8 /7 /' policy-routing-8.conf >policy-routing-7.conf; rm policy-routing-8.conf`);
      const preview = await stack.previewJson(["--refresh"]);
      assert.deepEqual(steps(preview.steps), { a: "update", r: "update", t: "update" });
      await stack.up(["--refresh"]);
      assert.equal(await host.snapshot(), moved);
      assert.deepEqual(await rules(host), ["1010 from 198.51.100.1 lookup 1 proto 214"]);
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
    });

    const back = (host: Host) => rollback(host.connection, { run: "bad", why: "customer down", dryRun: false, mark: true, guard: {} });
    const inRun = (name: string) => ({ env: { POLICY_ROUTING_RUN: name } });

    for (const [what, good, bad] of [
      [
        "a whole host",
        `new HostRouting("edge", { connection, persist: "none",
        routes: { link: { table: 100, destination: "203.0.113.0/24", dev: "eth1" } },
        rules: { a: { priority: 1000, from: "198.51.100.1", table: 100 }, b: { priority: 1001, from: "198.51.100.2", table: 100 } } });`,
        `new HostRouting("edge", { connection, persist: "none",
        routes: { link: { table: 100, destination: "203.0.113.0/24", dev: "eth1", mtu: 1400 } },
        rules: { a: { priority: 1010, from: "198.51.100.1", table: 100 }, b: { priority: 1001, from: "198.51.100.2", table: 107 } } });`,
      ],
      [
        "granular resources",
        `new PolicyRule("a", { connection, persist: "none", priority: 1000, from: "198.51.100.1", table: 100 });
       new PolicyRule("c", { connection, persist: "none", priority: 1005, from: "198.51.100.3", table: 100 });
       new PolicyRoute("link", { connection, persist: "none", table: 100, destination: "203.0.113.0/24", dev: "eth1" });`,
        `new PolicyRule("a", { connection, persist: "none", priority: 1010, from: "198.51.100.1", table: 100 });
       new PolicyRule("b", { connection, persist: "none", priority: 1020, from: "198.51.100.2", table: 100 });
       new PolicyRoute("link", { connection, persist: "none", table: 100, destination: "203.0.113.0/24", dev: "eth1", mtu: 1400 });`,
      ],
    ] as const)
      it(`of ${what}: a plain up changes nothing, up --refresh is refused by the mark, the program's way back is a clean one`, async () => {
        const host = site.host();
        const clean = await host.snapshot();
        const { stack, write } = await site.project(`${connection(host)}${good}`);
        await stack.up([], inRun("good"));
        const before = await host.snapshot();
        await write(`${connection(host)}${bad}`);
        await stack.up([], inRun("bad"));
        assert.equal((await back(host)).outcome, "applied");
        assert.equal(await host.snapshot(), before);
        const logins = await host.countLogins();
        await stack.preview(["--expect-no-changes"]);
        await write(`${connection(host)}${good}`);
        await stack.preview();
        await write(`${connection(host)}${bad}`);
        assert.equal(await host.countLogins(), logins, "a preview asks no host for its marks");
        await stack.up([], inRun("plain"));
        assert.equal(await host.snapshot(), before, "plain up");
        const refused = await stack.up(["--refresh"], { ...inRun("again"), expectFailure: true });
        assert.match(
          refused.stdout + refused.stderr,
          /refused, nothing was changed: it would make again what \S+ took back at \S+ \(run bad: customer down\)/,
        );
        assert.match(refused.stdout + refused.stderr, /warning: [^\n]*is not as its state says: this is what \S+ took back at /);
        assert.equal(await host.snapshot(), before, "up --refresh");
        await write(`${connection(host)}${good}`);
        await stack.up([], inRun("reverted"));
        assert.equal(await host.snapshot(), before, "git revert and up");
        await stack.preview(["--refresh", "--expect-no-changes"]);
        await stack.destroy();
        assert.equal(await host.snapshot(), clean);
      });
  });
