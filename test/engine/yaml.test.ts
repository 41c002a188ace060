// A program without any language: YAML, by the plugin and its schema.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { routes, rules } from "./host";
import { yamlHowTo } from "./languages";
import { useSite } from "./site";
import { useYaml } from "./yamlProject";

describe("a program in YAML", function () {
  this.timeout(600_000);
  const site = useSite("yaml", 1);
  const open = useYaml();

  it("declares a host and a rule that goes by its output; again there is nothing to do; a mistake is told in the words of TypeScript", async () => {
    const host = site.host();
    const [, { device, address, gateway, prefix }] = host.uplinks;
    const empty = await host.snapshot();
    const { stack, write } = await open(yamlHowTo(host, 1001));
    await stack.up();
    assert.deepEqual(await rules(host), [`1000 from ${address} lookup 102 proto 214`, `1001 from all to ${address} lookup 102 proto 214`]);
    assert.deepEqual(await routes(host, 102), [
      `default via ${gateway} dev ${device} proto 214`,
      `${prefix} dev ${device} proto 214 scope 253 src ${address}`,
    ]);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await write(yamlHowTo(host, 99_999));
    const { stdout } = await stack.preview([], { expectFailure: true });
    assert.match(stdout, /priority: expected a whole number from 1 to 32765, got 99999/);
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });
});
