// The schema of the plugin, as the CLI sees it.
// One door: dynamic resources have no schema.
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { engineEnvironment } from "../engine-cli/environment";

const provider = join(__dirname, "../../provider");

describe("the plugin's schema", function () {
  this.timeout(120_000);
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-routing-schema-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function pulumi(...args: readonly string[]): Promise<string> {
    const { pulumi: cli } = await ensureEngine();
    const env = engineEnvironment(join(folder, "home"), `file://${folder}`);
    return (await promisify(execFile)(cli, [...args], { cwd: folder, env, maxBuffer: 1 << 24 })).stdout;
  }

  it("is right for the CLI (`pulumi schema check`)", async () => {
    await pulumi("schema", "check", join(provider, "schema.json"));
  });

  it("comes from the plugin with every resource and every field (`pulumi package get-schema`)", async () => {
    const got: unknown = JSON.parse(await pulumi("package", "get-schema", join(provider, "bin/pulumi-resource-policyrouting")));
    const written: unknown = JSON.parse(await readFile(join(provider, "schema.json"), "utf8"));
    assert.deepEqual(fieldsOf(got), fieldsOf(written));
  });

  it("names the address of the releases from which the documents install the plugin", async () => {
    const { pluginDownloadURL, version }: Record<string, unknown> = JSON.parse(await readFile(join(provider, "schema.json"), "utf8"));
    const page = await readFile(join(__dirname, "../../docs/installation-configuration.md"), "utf8");
    assert.ok(page.includes(`pulumi plugin install resource policyrouting ${version} --server ${pluginDownloadURL}\n`));
  });
});

/** Names alone: the CLI writes a schema in its own order, with its own defaults. */
function fieldsOf(schema: unknown): unknown {
  const names = (value: unknown): string[] => (typeof value === "object" && value !== null ? Object.keys(value).sort() : []);
  const at = (value: unknown, key: string): unknown => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined);
  const resources = at(schema, "resources");
  return names(resources).map((name) => [name, names(at(at(resources, name), "inputProperties"))]);
}
