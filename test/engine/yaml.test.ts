// A program without any language: YAML, by the plugin and its schema.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { routes, rules } from "./host";
import { useSite } from "./site";
import { useYaml, type YamlProgram } from "./yamlProject";

describe("a program in YAML", function () {
  this.timeout(600_000);
  const site = useSite("yaml", 1);
  const open = useYaml();

  /** The how-to for the second uplink. */
  const program = (host: Host, priority: number): YamlProgram => {
    const [, { device, address, gateway, prefix }] = host.uplinks;
    const { connection } = host;
    const routing = {
      tables: { isp2: { tableId: 102, name: "isp2" } },
      routes: {
        link: { destination: prefix, dev: device, src: address, table: 102 },
        uplink: { destination: "default", via: gateway, dev: device, table: 102 },
      },
      rules: { source: { priority: 1000, from: address, table: 102 } },
    };
    return {
      resources: {
        host: { type: "policyrouting:HostRouting", properties: { connection, ...routing } },
        to: {
          type: "policyrouting:PolicyRule",
          properties: { connection, priority, to: address, table: '${host.tables["isp2"].tableId}' },
        },
      },
      outputs: { persisted: "${to.persisted}" },
    };
  };

  it("declares a host and a rule that goes by its output; again there is nothing to do; a mistake is told in the words of TypeScript", async () => {
    const host = site.host();
    const [, { device, address, gateway, prefix }] = host.uplinks;
    const empty = await host.snapshot();
    const { stack, write } = await open(program(host, 1001));
    await stack.up();
    assert.deepEqual(await rules(host), [`1000 from ${address} lookup 102 proto 214`, `1001 from all to ${address} lookup 102 proto 214`]);
    assert.deepEqual(await routes(host, 102), [
      `default via ${gateway} dev ${device} proto 214`,
      `${prefix} dev ${device} proto 214 scope 253 src ${address}`,
    ]);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await write(program(host, 99_999));
    const { stdout } = await stack.preview([], { expectFailure: true });
    assert.match(stdout, /priority: expected a whole number from 1 to 32765, got 99999/);
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });
});
