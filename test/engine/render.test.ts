// What the real engine writes is what policy-routing render reads.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, it } from "mocha";
import { run } from "../lab/run";
import { connection, doors, useSite } from "./site";

const main = join(__dirname, "../../provider/dist/cli/main.js");

for (const door of doors)
  describe(`policy-routing render, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("render", 1, door);

    it("reads a preview before and after the first up, and the stack's state, all the same", async () => {
      const host = site.host();
      const { address, device, gateway } = host.uplinks[1];
      const { stack } = await site.project(`${connection(host)}
      new HostRouting("host", {
        connection: { ...connection, user: pulumi.secret("root") }, persist: "none",
        tables: { rt2: { tableId: 100, name: "rt2" } },
        routes: { default: { destination: "default", via: "${gateway}", dev: "${device}", table: 100 } },
      });
      new PolicyRule("from", { connection, persist: "none", priority: 1000, from: "${address}", table: 100 });`);
      const read = async (args: readonly string[]) => {
        const { stdout } = await stack.run([...args, "--stack", stack.name]);
        return await run([process.execPath, main, "render", "--backend", "systemd-networkd", "--host", host.connection.host, "-"], {
          input: stdout,
        });
      };
      const render = async (args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await read(args);
        assert.deepEqual([code, stderr], [0, ""]);
        return stdout;
      };
      const before = await render(["preview", "--json", "--show-sames"]);
      assert.ok(before.includes(`Gateway=${gateway}\n`) && before.includes(`From=${address}\n`), before);
      await stack.up();
      assert.equal(await render(["stack", "export"]), before);
      assert.equal(await render(["preview", "--json", "--show-sames"]), before);
      assert.match((await read(["preview", "--json"])).stderr, /the preview leaves out \d+ unchanged resources/);
    });
  });
