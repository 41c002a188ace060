// The report of what the real engine previews.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../lab/run";
import { connection, doors, type Project, useSite } from "./site";

const main = join(__dirname, "../../provider/dist/cli/main.js");

for (const door of doors)
  describe(`the report of a real preview, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("report", 3, door);

    const report = async ({ stack, folder }: Project, args: readonly string[], more: readonly string[] = []) => {
      const { stdout } = await stack.preview(["--json", ...args]);
      const plan = join(folder, "plan.json");
      await writeFile(plan, stdout);
      return run([process.execPath, main, "report", plan, "--fail-on", "risk", ...more]);
    };

    it("tells what changes; what it is not shown, it cannot tell; a secret appears nowhere", async () => {
      const host = site.host();
      const body = (from: string): string => `${connection(host)}
      const rules = { a: { priority: 1000, from: "${from}", table: 100 }, b: { priority: 1001, from: "198.51.100.2", table: 100 } };
      new HostRouting("edge", { connection: { ...connection, password: pulumi.secret("hunter2") }, rules });
      new RoutingTable("name", { connection, tableId: 100, name: "isp" });`;
      const project = await site.project(body("198.51.100.1"));
      await project.stack.up();
      await project.write(body("198.51.100.9"));
      const whole = await report(project, ["--show-sames"]);
      assert.equal(whole.code, 0, whole.stdout);
      assert.match(whole.stdout, /0 added, 1 changed, 0 removed, 2 as they are/);
      assert.match(
        whole.stdout,
        /- ip -4 rule pref 1000 from 198\.51\.100\.1 table 100\n\+ ip -4 rule pref 1000 from 198\.51\.100\.9 table 100/,
      );
      assert.ok(!whole.stdout.includes("hunter2") && !whole.stdout.includes("[secret]"));
      const part = await report(project, []);
      assert.equal(part.code, 1);
      assert.match(part.stdout, /cannot tell: `the preview leaves out \d+ unchanged resources: run it with --show-sames`/);
      const live = await report(project, ["--show-sames"], ["--live"]);
      assert.match(live.stdout, /looked up that go as before/);
      await project.stack.destroy();
    });

    it("tells the waves of rollout() and names hosts as the program does, by what the engine's preview says", async () => {
      const { connection: login } = site.host();
      const hosts = ["edge-1", "edge-2", "edge-3"].map((name, index) => ({
        name,
        connection: { ...login, host: `198.51.100.${index + 1}` },
      }));
      const project = await site.project(`import { rollout } from "pulumi-policy-routing";
      rollout(${JSON.stringify(hosts)}, { canary: 1 }, ({ name, connection }, options) =>
        new HostRouting(name, { connection, rules: { a: { priority: 1000, from: "192.0.2.1", table: 100 } } }, options));`);
      const { stdout } = await report(project, ["--show-sames"], ["--commit", "0123456789ab"]);
      assert.match(stdout, /\*\*Order\*\*\n\n- `canary 1 of 2`: `edge-1`\n- `wave 2 of 2`: `edge-2`, `edge-3`\n/);
      for (const { name, connection } of hosts) assert.ok(stdout.includes(`#### \`${name}\` (\`${connection.host}\`)`), stdout);
      assert.match(
        stdout,
        /Stack: `[^`]+\/[^`]+` · Commit: `0123456789ab` · Previewed: `[^`]+ UTC` · Written: `[^`]+ UTC` · Resources: `3 to create`/,
      );
    });

    it("of a MultihomedHost shows where each uplink's replies go, before and after, and finds no risk", async () => {
      const host = site.host();
      const [first, second] = host.uplinks;
      const uplinks = [first, second].map(({ device, address, gateway, prefix, address6, gateway6, prefix6 }, index) => ({
        device,
        address: `${address}/${prefix.split("/")[1]}`,
        gateway,
        table: 101 + index,
        v6: { address: `${address6}/${prefix6.split("/")[1]}`, gateway: gateway6 },
      }));
      const body = (more: string): string => `${connection(host)}
      const [isp1, isp2] = ${JSON.stringify(uplinks)};
      new MultihomedHost("edge", { connection, uplinks: { isp1, isp2 }, outside: ["${site.lab.internet.address}"], ${more} });`;
      const live = async () => {
        const { code, stdout, stderr } = await report(project, ["--show-sames"], ["--live"]);
        assert.deepEqual([code, stderr], [0, ""], stdout);
        // Devices without a way out of their own are worth a look: the second uplink until it has one, and the management network.
        const lines = stdout.split("\n");
        const beyond = lines.filter((line) => / on (eth1|mgmt): replies leave by eth0, to hosts beyond its network`/.test(line));
        const counted = [...stdout.matchAll(/([0-9]+) (?:put right|found that were there before)/g)].map(([, count]) => Number(count));
        assert.equal(
          beyond.length,
          counted.reduce((sum, count) => sum + count, 0),
          stdout,
        );
        const others = lines.filter((line) => !beyond.includes(line)).join("\n");
        assert.doesNotMatch(others, /risk|cannot tell|note/, "no risk is found");
        return stdout;
      };
      const project = await site.project(body(""));
      // A gateway that nobody used yet would be told as a risk.
      for (const gateway of [second.gateway, second.gateway6]) await host.exec(`ping -c 1 -W 2 -I ${second.device} ${gateway}`);
      const before = await live();
      for (const [from, to, gateway, other] of [
        [second.address, "192.0.2.1", second.gateway, first.gateway],
        [second.address6, "2001:db8::1", second.gateway6, first.gateway6],
      ] as const) {
        const old = `by ${first.device} via ${other} (table main)`;
        const now = `by ${second.device} via ${gateway} (table 102)`;
        assert.ok(before.includes(`| \`replies from ${from} to anywhere (${to})\` | \`${old}\` | \`${now}\` |`), before);
      }
      await project.stack.up();
      await project.write(body("killSwitch: true, connmark: true"));
      assert.match(await live(), /entries: 10 added, 0 changed, 0 removed, 14 as they are/);
      await project.stack.up();
      assert.match(await live(), /0 of 1 host changes/);
      await project.stack.destroy();
    });
  });
