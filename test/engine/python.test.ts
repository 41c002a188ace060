// A program in Python, by the SDK that Pulumi's generator makes of the plugin's schema.
// One door: other languages have the plugin alone.
import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { ensurePython, lacksPython, type PythonHost } from "../engine-cli/python";
import { routes, rules } from "./host";
import { openPython, pythonComponents, pythonHowTo } from "./languages";
import { useSite } from "./site";

describe("a program in Python", function () {
  this.timeout(600_000);
  const site = useSite("python", 3);
  let python: PythonHost | undefined;
  before(async function () {
    const lacks = await lacksPython();
    if (lacks !== undefined) {
      console.log(`    skipped: ${lacks}`);
      this.skip();
    }
    python = await ensurePython();
  });

  it("declares a host and a rule by typed arguments; again there is nothing to do; a mistake is told in the words of TypeScript", async () => {
    assert.ok(python !== undefined);
    const host = site.host();
    const { address } = host.uplinks[1];
    const empty = await host.snapshot();
    const { stack, write, remove } = await openPython(python, pythonHowTo(host, 1001));
    try {
      await stack.up();
      assert.deepEqual(await rules(host), [
        `1000 from ${address} lookup 102 proto 214`,
        `1001 from all to ${address} lookup 102 proto 214`,
      ]);
      assert.equal((await routes(host, 102)).length, 2);
      await stack.preview(["--expect-no-changes"]);
      await stack.refresh(["--expect-no-changes"]);
      await write(pythonHowTo(host, 99_999));
      const { stdout } = await stack.preview([], { expectFailure: true });
      assert.match(stdout, /priority: expected a whole number from 1 to 32765, got 99999/);
      await stack.destroy();
      assert.equal(await host.snapshot(), empty);
    } finally {
      await remove();
    }
  });

  it("has MultihomedHost and Fleet, which make their uplinks answer; where a list may stand it takes one; and its functions read a host", async () => {
    assert.ok(python !== undefined);
    const [first, second] = [site.host(), site.host()];
    const { stack, remove } = await openPython(python, pythonComponents(first, second));
    try {
      await stack.up();
      for (const host of [first, second]) assert.ok(await site.lab.internet.tcpConnect(host.uplinks[1].address, 22, 1_500));
      const { commands, persisted, sources, devices, way } = await stack.outputs();
      assert.ok(Array.isArray(commands) && commands.includes(`ip rule add pref 15102 from ${first.uplinks[1].address} table 102`));
      assert.deepEqual(persisted, { "edge-2": "none" });
      assert.ok(Array.isArray(devices) && devices.includes("eth1"));
      assert.deepEqual(way, [254, "eth0"]);
      assert.deepEqual(sources, ["198.51.100.1", "198.51.100.2"]);
      await stack.preview(["--expect-no-changes"]);
      await stack.destroy();
    } finally {
      await remove();
    }
  });
});
