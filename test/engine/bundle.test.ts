// The plugin as the engine downloads it: one file, installed where nothing else of the project is.
// One door: what is bundled is the plugin.
import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { stringify } from "yaml";
import { bundle } from "../../scripts/bundle";
import { openStack, writeProgram } from "../engine-cli/engine";
import { ensureYamlHost } from "../engine-cli/yaml-host.mjs";
import { rules } from "./host";
import { root } from "./packed";
import { useSite } from "./site";
import { byName } from "./state";

describe("the bundled plugin", function () {
  this.timeout(400_000);
  const site = useSite("bundle", 1);
  let folder: string;
  let archives: string[];

  before(async () => {
    await ensureYamlHost();
    folder = await mkdtemp(join(tmpdir(), "policy-routing-bundle-"));
    archives = await bundle(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("installed from its archive, runs a program in YAML that says nowhere where it is: rules, a host with two uplinks, a function", async () => {
    const host = site.host();
    const { connection, uplinks } = host;
    const snapshot = await host.snapshot();
    const [isp1, isp2] = uplinks.map(({ device, address, gateway }, index) => ({
      device,
      address: `${address}/24`,
      gateway,
      table: 101 + index,
    }));
    const program = await writeProgram({
      "Pulumi.yaml": stringify(
        {
          name: "bundle-test",
          runtime: "yaml",
          resources: {
            rule: { type: "policyrouting:PolicyRule", properties: { connection, priority: 900, table: 7, from: "198.51.100.1" } },
            host: { type: "policyrouting:MultihomedHost", properties: { connection, uplinks: { isp1, isp2 } } },
          },
          variables: { seen: { "fn::invoke": { function: "policyrouting:getHost", arguments: { connection } } } },
          outputs: { iproute2: "${seen.iproute2}" },
        },
        { aliasDuplicateObjects: false },
      ),
    });
    // The engine would take a plugin that is on PATH before the one that is installed, and npm puts ours there.
    const stack = await openStack({ program: program.folder, env: { PULUMI_IGNORE_AMBIENT_PLUGINS: "true" } });
    try {
      const archive = archives.find((path) => path.endsWith(`-${process.platform}-${process.arch.replace("x64", "amd64")}.tar.gz`));
      const version = /-v([0-9.]+)-/.exec(archive ?? "")?.[1];
      assert.ok(archive !== undefined && version !== undefined);
      await stack.run(["plugin", "install", "resource", "policyrouting", version, "--file", archive]);
      await stack.up();
      assert.ok((await rules(host)).includes("900 from 198.51.100.1 lookup 7 proto 214"));
      assert.match(String(byName(await stack.export()).get("host")?.urn), /policyrouting:index:/);
      assert.match(String((await stack.outputs())["iproute2"]), /^[0-9]/);
      await stack.preview(["--expect-no-changes"]);
      await stack.destroy();
      assert.equal(await host.snapshot(), snapshot);
    } finally {
      await stack.remove();
      await program.remove();
    }
  });

  it("holds the licences of what is in it", async () => {
    const text = await readFile(join(folder, "NOTICES"), "utf8");
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(root, "provider", "package.json"), "utf8"),
    );
    for (const name of [...Object.keys(dependencies), "@pulumi/pulumi", "@grpc/grpc-js", "google-protobuf"])
      assert.match(text, new RegExp(`^${name}: licen[cs]e`, "im"), name);
  });
});
