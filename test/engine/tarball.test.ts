// What is published: packed, installed into an empty project outside the workspace, and used there.
// One door: it is about the package's installation. The plugin's own is in bundle.test.ts.
import { strict as assert } from "node:assert";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { openStack } from "../engine-cli/engine";
import { rules } from "./host";
import { env, type Packed, pack, root, run, versionOf } from "./packed";
import { connection, useSite } from "./site";

describe("the packed package", function () {
  this.timeout(400_000);
  const site = useSite("tarball", 2);
  let folder: string;
  let packed: Packed;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-routing-tarball-"));
    packed = await pack(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("holds what the package needs and what people ask for, and nothing else", () => {
    assert.deepEqual(packed.paths.filter((path) => !/^(dist\/.*\.(js|d\.ts|js\.map)|sh\/[a-z]+\.sh)$/.test(path)).sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin/node.js",
      "bin/policy-routing.js",
      "bin/pulumi-resource-policyrouting",
      "package.json",
      "schema.json",
    ]);
  });

  it("has a README whose links lead somewhere from npm's page too", async () => {
    const text = await readFile(join(root, "provider", "README.md"), "utf8");
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    assert.deepEqual(
      links.filter((target) => !/^(https:\/\/|#)/.test(target)),
      [],
    );
    const own = links.flatMap(
      (target) => /^https:\/\/github\.com\/pulumi-policy-routing\/[^/]+\/blob\/v[^/]+\/([^#]+)/.exec(target)?.[1] ?? [],
    );
    assert.ok(own.length > 0);
    for (const path of own) await access(join(root, path));
  });

  it("takes fixes of what it depends on, and of ssh2 and ssh-config those alone that change no behaviour", async () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(root, "provider", "package.json"), "utf8"),
    );
    for (const [name, range] of Object.entries(dependencies)) assert.equal(range[0], /^ssh/.test(name) ? "~" : "^", `${name} ${range}`);
  });

  const managers: Record<string, readonly [string, ...string[]]> = {
    npm: ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"],
    pnpm: [join(root, "node_modules", ".bin", "pnpm"), "install", "--prefer-offline", "--ignore-scripts"],
  };
  for (const [manager, [command, ...args]] of Object.entries(managers))
    it(`works where ${manager} installed it: up, no-op, destroy`, async () => {
      const host = site.host();
      const snapshot = await host.snapshot();
      const project = await mkdtemp(join(folder, `${manager}-`));
      const [pulumi, tsNode, typescript] = await Promise.all(["@pulumi/pulumi", "ts-node", "typescript"].map(versionOf));
      const manifest = {
        private: true,
        dependencies: { "@pulumi/pulumi": pulumi, "pulumi-policy-routing": `file:${packed.tarball}`, "ts-node": tsNode, typescript },
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
      const told = await run(join(project, "node_modules", ".bin", "policy-routing"), ["--version"], { env });
      assert.match(String(told.stdout), /^[0-9]+\.[0-9]+\.[0-9]+/);
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
