// What is published: packed, installed into an empty project outside the workspace, and used there.
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { openStack } from "../engine-cli/engine";
import { rules } from "./host";
import { connection, useSite } from "./site";

const root = join(__dirname, "..", "..");
const run = promisify(execFile);
const bin = join(root, "node_modules", ".bin");
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter) };

async function versionOf(name: string): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8"));
  return version;
}

describe("the packed package", function () {
  this.timeout(400_000);
  const site = useSite("tarball", 2);
  let folder: string;
  let tarball: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-routing-tarball-"));
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: join(root, "provider"),
      env,
    });
    const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout);
    assert.ok(packed !== undefined);
    tarball = join(folder, packed.filename);
    const paths = packed.files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => !/^(dist\/.*\.(js|d\.ts|js\.map)|sh\/[a-z]+\.sh|package\.json|LICENSE|README\.md)$/.test(path)),
      [],
      "nothing but what the package needs",
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const managers: Record<string, readonly [string, ...string[]]> = {
    npm: ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"],
    pnpm: [join(bin, "pnpm"), "install", "--prefer-offline", "--ignore-scripts"],
  };
  for (const [manager, [command, ...args]] of Object.entries(managers))
    it(`works where ${manager} installed it: up, no-op, destroy`, async () => {
      const host = site.host();
      const snapshot = await host.snapshot();
      const project = await mkdtemp(join(folder, `${manager}-`));
      const [pulumi, tsNode, typescript] = await Promise.all(["@pulumi/pulumi", "ts-node", "typescript"].map(versionOf));
      const manifest = {
        private: true,
        dependencies: { "@pulumi/pulumi": pulumi, "pulumi-policy-routing": `file:${tarball}`, "ts-node": tsNode, typescript },
      };
      await writeFile(join(project, "package.json"), JSON.stringify(manifest));
      await writeFile(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions: { module: "nodenext", strict: true, skipLibCheck: true } }),
      );
      await writeFile(join(project, "Pulumi.yaml"), "name: tarball\nruntime: nodejs\n");
      await writeFile(
        join(project, "index.ts"),
        `import { PolicyRule, RoutingTable } from "pulumi-policy-routing";
        ${connection(host)}
        const table = new RoutingTable("table", { connection, tableId: 7, name: "seven" }).tableId;
        export const family = new PolicyRule("rule", { connection, priority: 1000, table, from: "198.51.100.1" }).family;`,
      );
      await run(command, args, { cwd: project, env, timeout: 300_000 });
      const stack = await openStack({ program: project, env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });
      try {
        await stack.up();
        assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 7 proto 214"]);
        assert.deepEqual(await stack.outputs(), { family: "inet" });
        await stack.preview(["--expect-no-changes"]);
        await stack.destroy();
        assert.equal(await host.snapshot(), snapshot);
      } finally {
        await stack.remove();
      }
    });
});
