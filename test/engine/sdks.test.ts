// The SDKs that Pulumi's generators make of the plugin's schema: that they compile where their tools are.
// One door: other languages have the plugin alone.
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { generateSdk } from "../engine-cli/genSdk";

const execute = promisify(execFile);
const root = join(__dirname, "../..");

describe("an SDK of the plugin's schema", function () {
  this.timeout(600_000);
  before(() =>
    console.log(
      "    left out: C#, for there is no .NET where these tests run; Java, of which Pulumi has the generator elsewhere than those of the others",
    ),
  );

  it("in TypeScript compiles, and a program by it, with both components", async () => {
    // Within the checkout, for it imports Pulumi's SDK.
    const folder = join(root, `node_modules/.cache/policy-routing/sdk-nodejs-${process.pid}`);
    try {
      await generateSdk("nodejs", folder);
      const files = { compilerOptions: { noEmit: true }, extends: "./tsconfig.json", files: ["program.ts"] };
      await writeFile(join(folder, "tsconfig.test.json"), JSON.stringify(files));
      const program = `import * as policyrouting from "./index";
const connection = { host: "edge-1.example.net" };
const edge = new policyrouting.MultihomedHost("edge", {
  connection,
  uplinks: { isp2: { device: "eth1", address: "203.0.113.10/24", gateway: "203.0.113.1", table: 102 } },
});
new policyrouting.PolicyRule("rule", { connection, priority: 1000, from: "203.0.113.10", table: edge.tables.apply((all) => all["isp2"] ?? 102) });
new policyrouting.Fleet("fleet", { canary: ["a"], hosts: { a: { connection, rules: { one: { priority: 1000, to: "192.0.2.0/24", table: 7 } } } } });
`;
      await writeFile(join(folder, "program.ts"), program);
      const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.test.json"];
      await execute(process.execPath, tsc, { cwd: folder });
      await writeFile(join(folder, "program.ts"), program.replace("priority: 1000, from", "priority: true, from"));
      const { stdout } = await execute(process.execPath, tsc, { cwd: folder }).catch((error: { stdout: string }) => error);
      assert.match(stdout, /program\.ts.*boolean/, "what has another type does not");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("in Go compiles", async () => {
    const folder = await mkdtemp(join(tmpdir(), "policy-routing-sdk-go-"));
    try {
      await generateSdk("go", join(folder, "sdk"));
      const cli = join(root, "test/engine-cli/cli");
      const modules = await readFile(join(cli, "go.mod"), "utf8");
      const own = modules.replace(/^module .*$/m, "module github.com/pulumi-policy-routing/pulumi-policy-routing/sdk/go");
      await mkdir(join(folder, "sdk"), { recursive: true });
      await writeFile(join(folder, "sdk/go.mod"), own.replace(/^tool .*$/m, ""));
      await cp(join(cli, "go.sum"), join(folder, "sdk/go.sum"));
      const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=mod" };
      await execute("go", ["build", "./..."], { cwd: join(folder, "sdk"), env });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
