// A change that is held under guard, by both doors and the real CLI.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, it } from "mocha";
import { openStack } from "../engine-cli/engine";
import { isFired, run } from "../guard/fixture";
import { isHeld } from "../guard/held";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { doors, useSite } from "./site";

const program = (host: Host, guard: string): string =>
  `new HostRouting("edge", { connection: ${JSON.stringify(host.connection)}, persist: "none", guard: ${guard},
    rules: { out: { priority: 1000, from: "198.51.100.1", table: 5 } } });`;
const there = ["1000 from 198.51.100.1 lookup 5 proto 214"];

for (const door of doors)
  describe(`a held change, by the ${door} door`, function () {
    this.timeout(240_000);
    const site = useSite("hold", 4, door);

    it("is told while it stands, confirmed at its end, and nothing is held where nothing changes", async () => {
      const host = site.host();
      const { stack } = await site.project(program(host, "{ hold: 4 }"));
      assert.match((await stack.up()).stdout, /holds it under guard until \S+Z/);
      assert.deepEqual(await rules(host), there);
      const again = await stack.up();
      assert.doesNotMatch(again.stdout, /holds it/);
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("Ctrl-C: it is undone at once, and the next up makes it", async () => {
      const host = site.host();
      const { stack, write } = await site.project(program(host, "{ hold: 600 }"));
      const up = stack.spawn("up");
      await isHeld(host);
      const began = performance.now();
      up.child.kill("SIGINT");
      assert.notEqual((await up.ended).code, 0);
      assert.ok(performance.now() - began < 15_000, `${performance.now() - began} ms`);
      assert.match(up.printed(), /reverted \(verified\): the run was stopped before it was confirmed/);
      assert.deepEqual(await rules(host), []);
      await write(program(host, "{}"));
      await stack.up();
      assert.deepEqual(await rules(host), there);
    });

    it("SIGKILL of the CLI: its plugin keeps nothing that nobody would record", async () => {
      const host = site.host();
      const { stack, write } = await site.project(program(host, "{ hold: 600 }"));
      const up = stack.spawn("up");
      await isHeld(host);
      up.child.kill("SIGKILL");
      await up.ended;
      await isFired(host, 45_000);
      assert.deepEqual(await rules(host), []);
      assert.equal((await host.result(`ls ${run}/t-*/armed`)).stdout, "");
      await stack.run(["cancel", "--yes", "--stack", stack.name]);
      await write(program(host, "{}"));
      await stack.up();
      assert.deepEqual(await rules(host), there);
    });

    it("a refresh of the same host by another run reads through it; single entries cannot be held", async () => {
      const host = site.host();
      const single = `new PolicyRule("rule", { connection: ${JSON.stringify(host.connection)}, priority: 1001, from: "198.51.100.2", table: 5 });`;
      const { stack: other, write } = await site.project(single);
      await other.up();
      const { stack } = await site.project(program(host, '{ hold: 600, confirmBy: "person" }'));
      const up = stack.spawn("up");
      await isHeld(host);
      const { stdout, stderr } = await other.refresh(["--expect-no-changes"]);
      assert.match(
        stdout + stderr,
        /holds a change there under guard until \S+Z, for a person to confirm it: what is read now may be undone/,
      );
      up.child.kill("SIGINT");
      await up.ended;
      await write(single.replace("table: 5", "table: 5, guard: { hold: 5 }"));
      assert.match(
        (await other.preview([], { expectFailure: true })).stdout,
        /guard\.hold: is for HostRouting and MultihomedHost: single entries of a host would be held one after the other/,
      );
    });
  });

describe("examples/held", function () {
  this.timeout(240_000);
  const site = useSite("held", 1);

  it("takes its uplinks back when a health check fails some seconds after they passed", async () => {
    const host = site.host();
    const before = await host.snapshot();
    const end = await site.lab.internet.serve(8443);
    const stack = await openStack({ program: join(__dirname, "../../examples/held") });
    try {
      const uplinks = host.uplinks.map(({ device, address, gateway }, index) => [
        `isp${index + 1}`,
        { device, address: `${address}/18`, gateway, table: 101 + index },
      ]);
      await stack.configure({
        "held:connection": JSON.stringify(host.connection),
        "held:uplinks": JSON.stringify(Object.fromEntries(uplinks)),
        "held:healthy": JSON.stringify([`${site.lab.internet.address}:8443`]),
      });
      const up = stack.spawn("up");
      await isHeld(host);
      end();
      assert.notEqual((await up.ended).code, 0);
      assert.match(up.printed(), /reverted \(verified\): held for [0-9]+ of 300 s, then tcp \S+:8443 failed: /);
      assert.equal(await host.snapshot(), before);
    } finally {
      end();
      await stack.remove();
    }
  });
});
