// The example of a multi-homed host, from nothing to reachable and back, with a third uplink on the way.
// One door: it is about an example, which imports dynamic resources. The component by the plugin is in components.test.ts.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { openStack, type Stack } from "../engine-cli/engine";
import { type Host, type Lab, startLab } from "../lab/lab";
import { detail } from "./state";

const program = join(__dirname, "..", "..", "examples", "multihomed");

describe("the example of a multi-homed host", function () {
  this.timeout(180_000);
  let lab: Lab;
  let host: Host;
  let stack: Stack;
  before(async () => {
    lab = await startLab({ name: "engine-multihomed", uplinks: 3 });
    host = lab.hosts[0];
    stack = await openStack({ program });
  });
  after(async () => {
    await stack?.remove();
    await lab?.stop();
  });

  const configured = (count: number, more: Readonly<Record<string, unknown>> = {}) => {
    const uplinks = host.uplinks.slice(0, count).map(({ device, address, gateway, prefix, address6, gateway6 }, index) => [
      `isp${index + 1}`,
      {
        device,
        address: `${address}/${prefix.split("/")[1]}`,
        gateway,
        table: 101 + index,
        v6: { address: `${address6}/64`, gateway: gateway6 },
      },
    ]);
    return stack.configure({
      "multihomed:connection": JSON.stringify(host.connection),
      "multihomed:uplinks": JSON.stringify({ ...Object.fromEntries(uplinks), ...more }),
      "multihomed:outside": JSON.stringify([lab.internet.address, lab.internet.address6]),
    });
  };
  const reachable = (patience: number) =>
    Promise.all(
      host.uplinks.flatMap(({ address, address6 }) => [address, address6]).map((address) => lab.internet.tcpConnect(address, 22, patience)),
    );

  it("says what is wrong with the uplinks, all of it with its path, and touches no host", async () => {
    await configured(1, { isp9: { device: "eth1", address: "198.51.100.1", gateway: "198.51.100.2", table: 254 } });
    const logins = await host.countLogins();
    const { stdout } = await stack.up([], { expectFailure: true });
    assert.match(
      stdout,
      /MultihomedHost edge: uplinks\.isp9\.address: expected an address with its prefix length.*; uplinks\.isp9\.table: 253, 254 and 255/,
    );
    assert.equal(stdout.split("Diagnostics:")[1]?.split("uplinks.isp9.address").length, 2, `once:\n${stdout}`);
    assert.doesNotMatch(stdout, /not valid|destination/);
    assert.equal(await host.countLogins(), logins);
  });

  it("makes every uplink answer, and one more changes no other", async () => {
    const clean = await host.snapshot();
    await configured(2);
    const first = await stack.previewJson();
    assert.equal(first.steps.filter(({ op, urn }) => op === "create" && urn.includes("dynamic/policyrouting:")).length, 1, "one resource");
    await stack.up();
    assert.deepEqual(await reachable(1_500), [true, true, true, true, false, false]);
    const { tables, commands } = await stack.outputs();
    assert.deepEqual(tables, { isp1: 101, isp2: 102 });
    assert.ok(Array.isArray(commands) && commands.includes(`ip rule add pref 15102 from ${host.uplinks[1].address} table 102`));

    await configured(3);
    const { steps } = await stack.previewJson();
    const changes = Object.entries(detail(steps, "edge")).sort();
    assert.ok(
      changes.length > 0 && changes.every(([path, kind]) => path.includes("isp3") || (path.startsWith("expect[") && kind !== "delete")),
      JSON.stringify(changes),
    );
    await stack.up();
    assert.deepEqual(await reachable(10_000), [true, true, true, true, true, true]);
    await stack.refresh(["--expect-no-changes"]);
    await stack.destroy();
    assert.equal(await host.snapshot(), clean);
  });
});
