// A state that is older than what stands on the host.
import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { run } from "../lab/run";
import { rules } from "./host";
import { connection, doors, useSite } from "./site";

const main = join(__dirname, "../../provider/dist/cli/main.js");

for (const door of doors)
  describe(`a state that was rolled back, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("rolled-back", 1, door);

    it("knows nothing of a later create: plan and check name what stands there, and what they say to do takes it away", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const one = `${connection(host)}
      new PolicyRule("one", { connection, priority: 1000, table: 1, from: "198.51.100.1" });`;
      const two = `${one}
      new PolicyRule("two", { connection, priority: 1100, table: 2, from: "198.51.100.2" });`;
      const { folder, stack, write } = await site.project(one);
      const exported = async (): Promise<string> => {
        const file = join(folder, "state.json");
        await writeFile(file, (await stack.run(["stack", "export", "--stack", stack.name])).stdout);
        return file;
      };
      await stack.up();
      const old = await exported();
      await write(two);
      await stack.up();
      await stack.run(["stack", "import", "--stack", stack.name, "--file", old]);
      await write(one);

      const unknown = /\/rule\/inet\/1100#\S+ owns one entry \(rule inet 1100\) and is in no state of its stack/;
      const { stdout: preview } = await stack.run(["preview", "--json", "--show-sames", "--stack", stack.name]);
      const planned = await run([process.execPath, main, "plan", host.connection.host, "-"], { input: preview });
      assert.match(planned.stdout, unknown, planned.stderr);
      const at = [`root@${host.address}`, "--identity", host.keyPath, "--known-hosts", host.knownHostsPath];
      const checked = await run([process.execPath, main, "check", ...at, "--stack", old]);
      assert.match(checked.stdout, unknown, checked.stderr);
      assert.match(checked.stdout, /declare the same once more: pulumi up takes it over within the stack, and then it can be removed/);

      await write(two);
      await stack.up();
      assert.equal((await rules(host)).length, 2);
      await stack.destroy();
      assert.equal(await host.snapshot(), before);
    });
  });
