// One resource a host: what a preview shows of it, what it costs, and how a program gets there and back.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { watchRules } from "./monitor";
import { connection, doors, useSite } from "./site";
import { detail, resource } from "./state";

/** 22 entries: two routes and 20 rules. */
const routing = (host: Host, table = 100, more = ""): string => `${connection(host)}
  const rules = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [
    "client-" + index, { priority: 1000 + index, from: "203.0.113." + (index + 1), table: index === 3 ? ${table} : 100 }]));
  ${more}
  new HostRouting("edge", {
    connection,
    routes: {
      link: { destination: "${host.uplinks[1].prefix}", dev: "eth1", table: 100 },
      gate: { destination: "default", via: "${host.uplinks[1].gateway}", dev: "eth1", table: 100 },
    },
    rules,
  });`;

/** The file of a table's name says which resource it belongs to. */
const withoutOwner = (snapshot: string): string => snapshot.replaceAll(/[/](routing|table[/]100)#[\w-]+/g, "/OWNER");

for (const door of doors)
  describe(`HostRouting on the engine, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("host-routing", 5, door);

    it("shows exactly the entries that change, costs two logins for a change and none for no change, and is small in the state", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const { stack, write } = await site.project(routing(host));
      let logins = await host.countLogins();
      const cost = async (): Promise<number> => {
        const now = await host.countLogins();
        const spent = now - logins;
        logins = now;
        return spent;
      };
      await stack.up();
      assert.equal(await cost(), 2);
      const { id, ...kept } = await resource(stack, "edge");
      const bytes = Buffer.byteLength(JSON.stringify({ id, ...kept }));
      assert.ok(bytes <= (door === "plugin" ? 3.5 : 4.5) * 1024, `${bytes} bytes of state for 22 entries`);
      await stack.up(["--expect-no-changes"]);
      await stack.preview(["--expect-no-changes"]);
      assert.equal(await cost(), 0);

      const change = `rules["client-5b"] = { priority: 1100, from: "203.0.113.200/24", table: 100 }; delete rules["client-8"];`;
      await write(routing(host, 101, change));
      const { steps } = await stack.previewJson();
      assert.deepEqual(detail(steps, "edge"), {
        'rules["client-3"].table': "update",
        'rules["client-5b"]': "add",
        'rules["client-8"]': "delete",
      });
      assert.equal(await cost(), 0);
      await stack.up();
      assert.equal(await cost(), 2);
      assert.equal((await resource(stack, "edge")).id, id);

      await stack.refresh(["--expect-no-changes"]);
      assert.equal(await cost(), 1);
      await host.exec("ip rule del pref 1001; ip rule del pref 1002; ip rule add pref 1002 from 203.0.113.3 table 9 proto 214");
      const drift = await stack.previewJson(["--refresh"]);
      const planned = drift.steps.filter(({ op }) => op === "update");
      assert.deepEqual(detail(planned, "edge"), { 'rules["client-1"]': "add", 'rules["client-2"].table': "update" });
      await stack.up(["--refresh"]);
      assert.equal((await rules(host)).length, 20);
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
    });

    it("an entry of which a part is not known yet hides nothing of the others", async () => {
      const host = site.host();
      const program = (from: string): string => `${connection(host)}
      const table = new RoutingTable("rt", { connection, tableId: 100, name: "rt" });
      new HostRouting("edge", { connection, rules: {
        known: { priority: 1000, from: "203.0.113.7/24", table: 100 },
        unknown: { priority: 1001, from: ${from}, table: 100 },
      } });`;
      const { stack, write } = await site.project(program(`"203.0.113.1"`));
      await stack.up();
      await write(program("table.id.apply(() => '203.0.113.2')").replace("tableId: 100", "tableId: 100, adopt: true"));
      const { steps } = await stack.previewJson();
      assert.deepEqual(detail(steps, "edge"), { "rules.unknown.from": "update" });
      await stack.up();
      assert.deepEqual(await rules(host), ["1000 from 203.0.113.0/24 lookup 100 proto 214", "1001 from 203.0.113.2 lookup 100 proto 214"]);
      await stack.destroy();
    });

    it("a program moves from granular resources to it and back, and the kernel notices nothing", async () => {
      const host = site.host();
      const clean = await host.snapshot();
      const { prefix, gateway } = host.uplinks[1];
      const granular = `${connection(host)}
      new RoutingTable("rt", { connection, tableId: 100, name: "rt" });
      const link = new PolicyRoute("link", { connection, destination: "${prefix}", dev: "eth1", table: 100 });
      new PolicyRoute("gate", { connection, destination: "default", via: "${gateway}", dev: "eth1", table: 100 }, { dependsOn: link });
      new PolicyRule("from", { connection, priority: 1000, from: "198.51.100.1", table: 100 });`;
      const whole = `${connection(host)}
      new HostRouting("edge", { connection,
        tables: { rt: { tableId: 100, name: "rt" } },
        routes: { link: { destination: "${prefix}", dev: "eth1", table: 100 }, gate: { destination: "default", via: "${gateway}", dev: "eth1", table: 100 } },
        rules: { from: { priority: 1000, from: "198.51.100.1", table: 100 } } });`;
      const { stack, write } = await site.project(granular);
      await stack.up();
      const before = await host.snapshot();
      const watch = await watchRules(host);
      for (const program of [whole, granular]) {
        await write(program);
        await stack.up();
        assert.equal(withoutOwner(await host.snapshot()), withoutOwner(before));
      }
      assert.deepEqual(await watch.end(), [["1000 from 198.51.100.1 lookup 100 proto 214"]], "the kernel reported no event");
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.equal(await host.snapshot(), clean);
    });

    it("an entry that another resource of the program declares too is refused by name", async () => {
      const host = site.host();
      const { stack } = await site.project(`${connection(host)}
      new PolicyRule("rule", { connection, priority: 1000, from: "198.51.100.1", table: 7 });
      new HostRouting("edge", { connection, rules: { one: { priority: pulumi.output(1000), from: "198.51.100.2", table: 7 } } });`);
      const { stdout } = await stack.preview([], { expectFailure: true });
      assert.match(stdout, /HostRouting edge and PolicyRule rule both declare rule inet 1000 on /);
    });

    it("the management path is looked at for the whole of it: nothing is changed where one entry would move it", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const { stack } = await site.project(`${connection(host)}
      new HostRouting("edge", { connection, rules: {
        good: { priority: 1000, from: "198.51.100.1", table: 7 },
        bad: { priority: 1001, from: "${host.address}", action: "blackhole" } } });`);
      const { stdout } = await stack.up([], { expectFailure: true });
      assert.match(stdout, /HostRouting: refused, nothing was changed: how replies to this connection leave would change/);
      assert.equal(await host.snapshot(), before);
    });
  });
