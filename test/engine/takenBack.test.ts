// What the engine makes of a change that was taken back on its hosts: scheduled runs, allow, renames, a wave that failed.
// One door: the life cycle refuses it, which both have; goingBack.test.ts goes by both.
import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import { allow } from "../../provider/src/host/history/allow";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import { connection, useSite } from "./site";

const main = join(__dirname, "../../provider/dist/cli/main.js");

describe("a change that was taken back", function () {
  this.timeout(180_000);
  const site = useSite("taken-back", 6);
  afterEach(() => closeHosts());

  const back = (host: Host) => rollback(host.connection, { run: "bad", why: "customer down", dryRun: false, mark: true, guard: {} });
  const inRun = (name: string) => ({ env: { POLICY_ROUTING_RUN: name } });

  it("of a multihomed host is refused at each scheduled up --refresh, until the program goes back", async () => {
    const host = site.host();
    const clean = await host.snapshot();
    const uplink = (table: number): string => `{ device: "eth1", address: "198.18.128.2/18", gateway: "198.18.128.1", table: ${table} }`;
    const program = (table: number): string =>
      `${connection(host)} new MultihomedHost("edge", { connection, persist: "none", uplinks: { b: ${uplink(table)} } });`;
    const { stack, write } = await site.project(program(100));
    await stack.up([], inRun("good"));
    const before = await host.snapshot();
    await write(program(107));
    await stack.up([], inRun("bad"));
    assert.equal((await back(host)).outcome, "applied");
    assert.equal(await host.snapshot(), before);
    for (const scheduled of ["first", "second"]) {
      const { stdout, stderr } = await stack.up(["--refresh"], { ...inRun(scheduled), expectFailure: true });
      assert.match(stdout + stderr, /it would make again what \S+ took back at \S+ \(run bad: customer down\)/);
      assert.equal(await host.snapshot(), before, scheduled);
    }
    await write(program(100));
    await stack.up(["--refresh"], inRun("reverted"));
    assert.equal(await host.snapshot(), before);
    await stack.destroy();
    assert.equal(await host.snapshot(), clean);
  });

  it("is made again once it is allowed; and a program that went back after a refresh finds all as it says", async () => {
    const host = site.host();
    const clean = await host.snapshot();
    const program = (table: number): string =>
      `${connection(host)} new PolicyRule("a", { connection, persist: "none", priority: 1000, from: "198.51.100.1", table: ${table} });
       new PolicyRule("b", { connection, persist: "none", priority: 1001, from: "198.51.100.2", table: ${table} });`;
    const { stack, write } = await site.project(program(100));
    await stack.up([], inRun("good"));
    const before = await host.snapshot();
    await write(program(107));
    await stack.up([], inRun("bad"));
    const bad = await host.snapshot();
    await back(host);
    await stack.refresh([], inRun("refreshed"));
    const refused = await stack.up([], { ...inRun("again"), expectFailure: true });
    assert.match(refused.stdout + refused.stderr, /it would make again what \S+ took back at /);
    await write(program(100));
    await stack.up(["--expect-no-changes"], inRun("reverted"));
    assert.equal(await host.snapshot(), before);
    await write(program(107));
    await allow(host.connection, "bad");
    await stack.up([], inRun("allowed"));
    assert.equal(await host.snapshot(), bad);
    await stack.destroy();
    assert.equal(await host.snapshot(), clean);
  });

  it("by which a resource was renamed leaves nothing behind a destroy", async () => {
    const host = site.host();
    const clean = await host.snapshot();
    const program = (name: string, table: number): string =>
      `${connection(host)} new PolicyRule("${name}", { connection, persist: "none", priority: 1000, from: "198.51.100.1", table: ${table} });
       new PolicyRoute("r", { connection, persist: "none", table: 100, destination: "203.0.113.0/24", dev: "eth1" });`;
    const { stack, write } = await site.project(program("old", 100));
    await stack.up([], inRun("good"));
    const before = await host.exec("ip rule");
    await write(program("renamed", 107));
    await stack.up([], inRun("bad"));
    assert.equal((await back(host)).outcome, "applied");
    assert.equal(await host.exec("ip rule"), before);
    await stack.destroy();
    assert.equal(await host.snapshot(), clean);
  });

  it("by a rollout whose second wave failed is so on all hosts of the run, by its name and the stack's own hosts", async () => {
    const hosts = [site.host(), site.host(), site.host()];
    const declared = JSON.stringify(hosts.map(({ name, connection: to }) => ({ name, connection: to })));
    const program = (table: number, bad = ""): string => `
      import { rollout } from "pulumi-policy-routing";
      rollout(${declared}, { canary: 1, batch: 1 }, ({ name, connection }, options) =>
        new HostRouting(name, { connection, persist: "none", rules: { out: { priority: 1000, from: "198.51.100.1", table: ${table} } }, ${bad} }, options));`;
    const { stack, write, folder } = await site.project(program(100));
    await stack.up([], inRun("good"));
    const all = (): Promise<string[]> => Promise.all(hosts.map((host) => host.exec("ip rule")));
    const before = await all();
    const wrong = `expect: name === ${JSON.stringify(hosts[1]?.name)} ? [{ to: "198.51.100.9", table: 250 }] : []`;
    await write(program(107, wrong));
    const failed = await stack.up([], { ...inRun("bad"), expectFailure: true });
    assert.match(failed.stdout + failed.stderr, /policy-routing rollback --hosts stack\.json --run bad --why TEXT/);
    assert.notDeepEqual(await all(), before);
    const file = join(folder, "stack.json");
    await writeFile(file, (await stack.run(["stack", "export", "--stack", stack.name])).stdout);
    const { code, stdout } = await run([process.execPath, main, "rollback", "--hosts", file, "--run", "bad", "--why", "wave 2 failed"]);
    assert.equal(code, 0, stdout);
    assert.equal(stdout.match(/applied \(verified\)/g)?.length, 1);
    assert.equal(stdout.match(/nothing of it here/g)?.length, 2);
    const again = await run([process.execPath, main, "rollback", "--hosts", file, "--run", "bad", "--why", "once more"]);
    assert.equal(again.code, 0, again.stderr);
    const slip = await run([process.execPath, main, "rollback", "--hosts", file, "--run", "bda", "--why", "a slip"]);
    assert.equal(slip.code, 1, slip.stdout);
    assert.match(slip.stderr, /nothing was taken back: run bda is in no host's history\n {2}next: .* history HOST lists the runs/);
    assert.deepEqual(await all(), before);
  });
});
