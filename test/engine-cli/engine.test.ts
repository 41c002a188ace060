// The harness itself, proven on resources that do nothing: if this fails, the engine tests say nothing about the provider.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readExport } from "./answers";
import { CommandError, openStack, type Program, type Stack, writeProgram } from "./engine";

const inert = `
import * as pulumi from "@pulumi/pulumi";

const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => {
    await new Promise((done) => setTimeout(done, Number(process.env.CREATE_MILLISECONDS ?? 0)));
    return { id: inputs.name, outs: { ...inputs, node: process.version, folder: process.cwd() } };
  },
  read: async (id, props) => ({ id, props }),
};

export class Inert extends pulumi.dynamic.Resource {
  declare readonly node: pulumi.Output<string>;
  declare readonly folder: pulumi.Output<string>;
  constructor(name: string, value: pulumi.Input<string> = "1") {
    super(provider, name, { name, value, node: undefined, folder: undefined });
  }
}
`;

const twenty = `
import { Inert } from "./inert";
const all = Array.from({ length: 20 }, (_, i) => new Inert("r" + i));
export const node = all[0]!.node;
export const folder = all[0]!.folder;
`;

describe("the engine harness", function () {
  this.timeout(120_000);
  let program: Program;
  let stack: Stack;

  beforeEach(async () => {
    program = await writeProgram({ "inert.ts": inert, "index.ts": twenty });
    stack = await openStack({ program: program.folder });
  });

  afterEach(async () => {
    await stack.remove();
    await program.remove();
  });

  it("takes a program through its whole life", async () => {
    const preview = await stack.previewJson();
    assert.equal(preview.changeSummary.create, 21);
    assert.equal(preview.steps.length, 21);

    await stack.up();
    assert.deepEqual(await stack.outputs(), { node: process.version, folder: program.folder });
    const { deployment } = await stack.export();
    assert.equal(deployment.resources.length, 22); // with the stack and the provider

    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await stack.destroy();
    assert.equal((await stack.export()).deployment.resources.length, 0);
  });

  it("gives a program its configuration, and keeps secrets encrypted in the state", async () => {
    await program.write({
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        import { Inert } from "./inert";
        const config = new pulumi.Config();
        new Inert("plain", config.require("plain"));
        new Inert("hidden", config.requireSecret("hidden"));
        export const hidden = config.requireSecret("hidden");`,
    });
    await stack.configure({ "engine-test:plain": "open", "engine-test:hidden": { secret: "TOPSECRET" } });
    await stack.up();
    const state = JSON.stringify(await stack.export());
    assert.match(state, /"open"/);
    assert.doesNotMatch(state, /TOPSECRET/);
    const { stdout: exported } = await stack.run(["stack", "export", "--stack", stack.name]);
    assert.deepEqual(await stack.export(), readExport(exported), "what the file says is what the engine exports");
    assert.deepEqual(await stack.outputs(), { hidden: "TOPSECRET" });
  });

  it("throws what the person would have read, and throws when an expected failure does not come", async () => {
    await program.write({ "index.ts": `throw new Error("no such uplink");` });
    const failed = await stack.up([], { expectFailure: true });
    assert.match(failed.stdout + failed.stderr, /no such uplink/);
    await assert.rejects(
      stack.up(),
      (error) => error instanceof CommandError && /exit code \d+: pulumi up .*no such uplink/s.test(error.message),
    );
    await program.write({ "index.ts": "" });
    await assert.rejects(stack.up([], { expectFailure: true }), /was to fail, but succeeded/);
  });

  it("puts back a stack's own configuration", async () => {
    const committed = "config:\n  engine-test:site: north\n";
    await program.write({ "Pulumi.prod.yaml": committed });
    const prod = await openStack({ program: program.folder, stack: "prod", backend: stack.backend });
    const { stdout } = await prod.run(["config", "get", "site", "--stack", "prod"]);
    assert.equal(stdout.trim(), "north");
    await prod.remove();
    assert.equal(await readFile(join(program.folder, "Pulumi.prod.yaml"), "utf8"), committed);
  });

  it("stops a program at Ctrl-C and leaves no process behind", async () => {
    await program.write({ "index.ts": `console.log("program " + process.pid); setInterval(() => {}, 1000);` });
    const { child, printed, ended } = stack.spawn("up");
    const pid = Number(await until(() => /program (\d+)/.exec(printed())?.[1]));
    child.kill("SIGINT");
    assert.notEqual((await ended).code, 0);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    await sleep(20);
  }
}
