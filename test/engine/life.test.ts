// From nothing to nothing: the example of the repository, with the real engine, a real sshd and a real kernel.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, it } from "mocha";
import { openStack } from "../engine-cli/engine";
import type { Host } from "../lab/lab";
import { routes, rules } from "./host";
import { connection, doors, useSite } from "./site";
import { steps } from "./state";

const root = join(__dirname, "..", "..");

const uplinksOf = ({ uplinks: [, second] }: Host): unknown[] => [
  {
    name: "rt2",
    tableId: 1,
    device: second.device,
    address: second.address,
    network: second.prefix,
    gateway: second.gateway,
    priority: 1000,
  },
];

for (const door of doors)
  describe(`a program's life, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("life", 2, door);

    it("destroy succeeds when everything is already gone", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const { stack } = await site.project(`${connection(host)}
      const table = new RoutingTable("t", { connection, tableId: 7, name: "seven" }).tableId;
      new PolicyRoute("route", { connection, table, destination: "203.0.113.0/24", dev: "eth1" });
      new PolicyRule("rule", { connection, table, priority: 1000, from: "198.51.100.1" });`);
      await stack.up();
      await host.exec("ip rule del pref 1000; ip route flush table 7; rm /etc/iproute2/rt_tables.d/policy-routing-*");
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
      assert.deepEqual((await stack.export()).deployment.resources, []);
    });

    it("a rule and a route that are not ours stay through up, update and destroy", async () => {
      const host = site.host();
      const foreign = ["1000 from 198.51.100.9 lookup 9", "1000 from 198.51.100.8 lookup 8 proto 4", "900 from all lookup 5 proto 4"];
      await host.exec(
        `ip rule add pref 1000 from 198.51.100.9 table 9; ip rule add pref 1000 from 198.51.100.8 table 8 proto static
       ip rule add pref 900 table 5 proto static; ip route add default via ${host.uplinks[0].gateway} metric 7 table 7 proto static`,
      );
      const before = await host.snapshot();
      const body = (from: string): string => `${connection(host)}
      new PolicyRoute("route", { connection, family: "inet", table: 7, destination: "default", dev: "eth1", metric: 9 });
      new PolicyRule("rule", { connection, table: 7, priority: 1000, from: "${from}" });`;
      const { stack, write } = await site.project(body("198.51.100.1"));
      const foreignNow = async (): Promise<string[]> => (await rules(host)).filter((line) => !line.endsWith("proto 214"));
      await stack.up();
      assert.deepEqual((await foreignNow()).sort(), [...foreign].sort());
      await write(body("198.51.100.2"));
      await stack.up();
      assert.deepEqual((await foreignNow()).sort(), [...foreign].sort());
      assert.ok((await rules(host)).includes("1000 from 198.51.100.2 lookup 7 proto 214"));
      assert.equal((await routes(host, 7)).length, 2);
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
    });
  });

describe("the example at the root", function () {
  this.timeout(180_000);
  const site = useSite("example", 1, "dynamic");

  it("the example at the root: preview, up, nothing to do, destroy; the host is what it was, and only changes log in", async () => {
    const host = site.host();
    const [, second] = host.uplinks;
    const before = await host.snapshot();
    const stack = await openStack({
      program: root,
      stack: `test-${process.pid}`,
      config: { "two-uplinks:connection": JSON.stringify(host.connection), "two-uplinks:uplinks": JSON.stringify(uplinksOf(host)) },
    });
    try {
      const preview = await stack.previewJson();
      assert.deepEqual(steps(preview.steps), {
        rt2: "create",
        "rt2-link": "create",
        "rt2-default": "create",
        "rt2-from": "create",
        "rt2-to": "create",
      });
      const table = preview.steps.find(({ urn }) => urn.endsWith("::rt2-from"))?.newState?.inputs?.["table"];
      assert.equal(table, 1, "check returns tableId, so a preview knows what depends on it");
      assert.equal(await host.countLogins(), 0, "a preview opens no connection");

      await stack.up();
      assert.deepEqual(await rules(host), [
        `1000 from ${second.address} lookup 1 proto 214`,
        `1001 from all to ${second.address} lookup 1 proto 214`,
      ]);
      assert.deepEqual(await routes(host, 1), [
        `default via ${second.gateway} dev ${second.device} proto 214`,
        `${second.prefix} dev ${second.device} proto 214 scope 253 src ${second.address}`,
      ]);
      assert.match(await host.exec("ip route list table rt2"), /^default via/, "people on the host can write the table's name");

      const logins = await host.countLogins();
      await stack.preview(["--expect-no-changes"]);
      await stack.up(["--expect-no-changes", "--skip-preview=false"]);
      assert.equal(await host.countLogins(), logins, "what changes nothing opens no connection");

      await stack.destroy();
      assert.equal(await host.snapshot(), before);
      assert.deepEqual((await stack.export()).deployment.resources, []);
    } finally {
      await stack.remove();
    }
  });
});
