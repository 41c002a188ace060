// The provider's text is written by hand: it must be what a real dynamic resource registers, and short.
// One door: the plugin has no such text.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { connection, useSite } from "./site";
import { byName } from "./state";

describe("the hand-written provider text", function () {
  this.timeout(180_000);
  const site = useSite("text", 1);

  it("registers the same kind of token, the same key and the same provider as a pulumi.dynamic.Resource", async () => {
    const host = site.host();
    const { address, prefix, gateway } = host.uplinks[1];
    const { stack } = await site.project(`${connection(host)}
      class Real extends pulumi.dynamic.Resource {
        constructor(name: string) {
          super({ create: async (inputs: object) => ({ id: "real", outs: inputs }) }, name, { value: 1 }, {}, "policyrouting", "Real");
        }
      }
      new Real("real");
      const table = new RoutingTable("table", { connection, tableId: 100, name: "uplink2" }).tableId;
      new PolicyRule("rule", { connection, priority: 1000, table, from: "${address}", iif: "eth1", fwmark: "0x1/0xff" });
      new PolicyRoute("route", { connection, table, destination: "default", via: "${gateway}", dev: "eth1", src: "${address}", metric: 100 });
      new PolicyRoute("link", { connection, table, destination: "${prefix}", dev: "eth1", src: "${address}" });`);
    await stack.up();
    const state = byName(await stack.export());
    const real = state.get("real");
    assert.equal(real?.type, "pulumi-nodejs:dynamic/policyrouting:Real");
    const textKeys = (inputs: Readonly<Record<string, unknown>> = {}): string[] => Object.keys(inputs).filter((key) => key !== "value");
    assert.deepEqual(textKeys(real.inputs), ["__provider"]);
    for (const [name, kind] of [
      ["table", "RoutingTable"],
      ["rule", "PolicyRule"],
      ["route", "PolicyRoute"],
      ["link", "PolicyRoute"],
    ] as const) {
      const ours = state.get(name);
      assert.equal(ours?.type, real.type.replace("Real", kind));
      assert.equal(ours.custom, real.custom);
      assert.equal(ours["provider"], real["provider"], "one plugin serves both");
      const text = ours.inputs?.["__provider"];
      assert.equal(typeof text, typeof real.inputs?.["__provider"]);
      assert.equal(text, `exports.handler = () => require("pulumi-policy-routing/runtime").handlers("${kind}");`);
      assert.equal(ours.outputs?.["__provider"], text);
      assert.ok(Buffer.byteLength(String(text)) <= 150);
    }
  });
});
