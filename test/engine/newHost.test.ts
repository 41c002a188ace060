// examples/new-host: @pulumi/command and this package over one connection. The plugin of @pulumi/command is stood in for.
// One door: it is about an example, which imports dynamic resources.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { describe, it } from "mocha";
import { openStack } from "../engine-cli/engine";
import { rules } from "./host";
import { useSite } from "./site";
import { stateText } from "./state";

describe("a new host", function () {
  this.timeout(300_000);
  const site = useSite("new-host", 1);

  it("is waited for by @pulumi/command, and then given its uplinks, over one connection; its key stays secret", async () => {
    const host = site.host();
    const key = await readFile(host.keyPath, "utf8");
    const PATH = [join(__dirname, "command"), dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
    const stack = await openStack({ program: join(__dirname, "../../examples/new-host"), env: { PATH } });
    try {
      const uplinks = Object.fromEntries(
        host.uplinks.map(({ device, address, gateway }, index) => [
          `isp${index + 1}`,
          { device, address: `${address}/18`, gateway, table: 101 + index },
        ]),
      );
      const connection = { host: host.address, user: "root", privateKey: key, hostKey: await host.hostKey(), dialErrorLimit: 60 };
      await stack.configure({
        "new-host:connection": { secret: JSON.stringify(connection) },
        "new-host:uplinks": JSON.stringify(uplinks),
      });
      const results = [await stack.up(["--diff"])];
      const { iproute2, tables } = await stack.outputs();
      assert.match(String(iproute2), /^ip utility, iproute2/);
      assert.deepEqual(tables, { isp1: 101, isp2: 102 });
      assert.ok((await rules(host)).length >= 2);
      const logins = (await readFile(await host.file("/var/log/sshd.log"), "utf8")).match(/^Accepted publickey for root/gm) ?? [];
      assert.ok(logins.length >= 3, "the command's, ours, and the one that confirms");
      results.push(await stack.preview(["--json"]), await stack.destroy());
      assert.deepEqual(await rules(host), []);
      const word = key.split("\n")[2] ?? "";
      for (const text of [...results.flatMap(({ stdout, stderr }) => [stdout, stderr]), await stateText(stack)])
        assert.ok(!text.includes(word), `the key is in: ${text.slice(0, 2000)}`);
    } finally {
      await stack.remove();
    }
  });
});
