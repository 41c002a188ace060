// A program in Python, by the SDK that Pulumi's generator makes of the plugin's schema.
import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { ensurePython, lacksPython, type PythonHost } from "../engine-cli/python";
import { routes, rules } from "./host";
import { openPython, pythonHowTo } from "./languages";
import { useSite } from "./site";

describe("a program in Python", function () {
  this.timeout(600_000);
  const site = useSite("python", 1);
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
});
