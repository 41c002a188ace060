// A program as a newcomer writes it: the package installed into an empty folder, no compiler of one's own, no settings.
// One door: it is about the package's installation and types, which both share.
import { strict as assert } from "node:assert";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "mocha";
import ts from "typescript";
import { openStack } from "../engine-cli/engine";
import { env, npmInstall, pack, root, run, versionOf } from "./packed";
import { steps } from "./state";

/** What Pulumi's own template for TypeScript writes. */
const template = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};
const esm = { strict: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext" };

const examples = ["fleet", "held", "multihomed", "two-uplinks"];

/** The first block of that language in a document. */
async function blockOf(document: string, language: string): Promise<string> {
  const [, indent = "", text] =
    new RegExp(`^( *)\`\`\`${language}\\b.*\\n([\\s\\S]*?)^ *\`\`\`$`, "m").exec(await readFile(document, "utf8")) ?? [];
  assert.ok(text !== undefined, `${document} has no ${language}`);
  return text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

describe("the first program", function () {
  this.timeout(500_000);
  const readme = join(root, "README.md");
  let folder: string;
  let tarball: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-routing-first-"));
    ({ tarball } = await pack(folder));
    await mkdir(join(folder, "routing"));
    await writeFile(join(folder, "routing", "package.json"), JSON.stringify({ private: true }));
    // As the README says, but for where the package and what it stands on come from.
    const [install = ""] = /^npm install .*$/m.exec(await blockOf(readme, "sh")) ?? [];
    const packages = install
      .split(/\s+/)
      .slice(2)
      .filter((word) => !word.startsWith("#"));
    assert.deepEqual([...packages].sort(), ["@pulumi/pulumi", "pulumi-policy-routing"]);
    await npmInstall(join(folder, "routing"), tarball, `@pulumi/pulumi@${await versionOf("@pulumi/pulumi")}`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("previews as the README writes it, with nothing installed but what the README names", async () => {
    const place = join(folder, "routing");
    await writeFile(join(place, "index.ts"), await blockOf(readme, "ts"));
    await writeFile(join(place, "Pulumi.yaml"), await blockOf(readme, "yaml"));
    assert.ok(!(await readdir(join(place, "node_modules"))).includes("typescript"), "the SDK's own TypeScript compiles it");
    const stack = await openStack({ program: place, env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });
    try {
      const { steps: planned } = await stack.previewJson();
      assert.deepEqual(steps(planned), { "edge-1": "create" });
    } finally {
      await stack.remove();
    }
  });

  it("a slip in it is told by that compiler too, as one of types", async () => {
    const place = join(folder, "routing");
    await writeFile(join(place, "index.ts"), (await blockOf(readme, "ts")).replace("device:", "devise:"));
    const stack = await openStack({ program: place, env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });
    try {
      const { stdout, stderr } = await stack.preview([], { expectFailure: true });
      assert.match(stdout + stderr, /devise/);
      assert.match(stdout + stderr, /TS2\d\d\d/);
    } finally {
      await stack.remove();
    }
  });

  for (const example of examples)
    it(`examples/${example}, copied out of the repository, installs and previews`, async () => {
      const place = join(folder, example);
      await cp(join(root, "examples", example), place, {
        recursive: true,
        filter: (path) => !/node_modules|Pulumi\.(test|secrets)\.yaml/.test(path), // other tests' own
      });
      const manifest: { dependencies: Record<string, string> } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
      const dependencies = { ...manifest.dependencies, "pulumi-policy-routing": `file:${tarball}` };
      await writeFile(join(place, "package.json"), JSON.stringify({ ...manifest, dependencies }));
      await npmInstall(place);
      const stack = await openStack({ program: place, env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });
      try {
        await stack.configure(
          Object.fromEntries(Object.entries(configured[example] ?? {}).map(([key, value]) => [key, JSON.stringify(value)])),
        );
        const { steps: planned } = await stack.previewJson();
        assert.ok(Object.values(steps(planned)).length > 0);
        assert.ok(Object.values(steps(planned)).every((op) => op === "create"));
      } finally {
        await stack.remove();
      }
    });

  it("compiles, as the examples do, with TypeScript 4.9, 5.4 and 5.9 and their checks of all libraries, as CommonJS and as an ES module", async () => {
    const compilers = join(folder, "compilers");
    await mkdir(compilers);
    await writeFile(join(compilers, "package.json"), JSON.stringify({ private: true }));
    await npmInstall(
      compilers,
      "ts-4.9@npm:typescript@4.9.5",
      "ts-5.4@npm:typescript@5.4.5",
      `ts-5.9@npm:typescript@${await versionOf("typescript")}`,
    );
    // Pulumi's template has the types of Node.js; those of 18 are the last that all three can read.
    await npmInstall(join(folder, "routing"), "--no-save", "@types/node@18");
    const programs = {
      "index.ts": readme,
      ...Object.fromEntries(examples.map((name) => [`${name}.ts`, join(root, "examples", name, "index.ts")])),
    };
    const forms = { commonjs: template, module: esm };
    for (const [type, compilerOptions] of Object.entries(forms)) {
      const place = join(folder, "routing", type);
      await mkdir(place);
      await writeFile(join(place, "package.json"), JSON.stringify({ private: true, type }));
      await writeFile(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(programs) }));
      for (const [name, source] of Object.entries(programs))
        await writeFile(join(place, name), source === readme ? await blockOf(readme, "ts") : await readFile(source, "utf8"));
      for (const compiler of ["ts-4.9", "ts-5.4", "ts-5.9"]) {
        const tsc = join(compilers, "node_modules", compiler, "lib", "tsc.js");
        const { stdout } = await run(process.execPath, [tsc, "--noEmit"], { cwd: place, env }).catch((error: { stdout: string }) => error);
        assert.equal(stdout, "", `${compiler}, ${type}`);
      }
    }
  });

  it("the types of a program reach no file of the package but its own folder of resources, and no package but the SDK", async () => {
    const place = join(folder, "routing", "node_modules", "pulumi-policy-routing");
    const resources = join(place, "dist", "resources");
    const reached = new Set<string>();
    const packages = new Set<string>();
    const walk = async (file: string): Promise<void> => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { fileName } of ts.preProcessFile(await readFile(file, "utf8")).importedFiles)
        if (fileName.startsWith(".")) await walk(`${join(dirname(file), fileName)}.d.ts`);
        else packages.add(fileName);
    };
    await walk(join(resources, "index.d.ts"));
    assert.deepEqual([...packages], ["@pulumi/pulumi"]);
    assert.deepEqual(
      [...reached].filter((file) => relative(resources, file).startsWith("..")),
      [],
    );
    assert.ok(reached.size > 5);
  });
});

const uplink = { device: "eth1", gateway: "203.0.113.1", address: "203.0.113.10" };
const connection = { host: "edge-1.example.net" };
const uplinks = {
  isp1: { ...uplink, address: "203.0.113.10/24", table: 101 },
  isp2: { device: "eth0", gateway: "198.51.100.1", address: "198.51.100.10/24", table: 102 },
};
/** What each example is told. */
const configured: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  fleet: { "fleet:hosts": { "edge-1": { connection, uplinks } } },
  held: { "held:connection": connection, "held:uplinks": uplinks, "held:healthy": ["192.0.2.7:443"] },
  multihomed: { "multihomed:connection": connection, "multihomed:uplinks": uplinks },
  "two-uplinks": {
    "two-uplinks:connection": connection,
    "two-uplinks:uplinks": [{ ...uplink, name: "rt2", tableId: 1, network: "203.0.113.0/24", priority: 1000 }],
  },
};
