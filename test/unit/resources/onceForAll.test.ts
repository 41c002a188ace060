import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { connectionDefaults, PolicyRule } from "pulumi-policy-routing";

interface Sent {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** How a secret is said on the engine's wire. */
const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A program by itself: what it sends to the engine, without one. */
async function run(program: () => PolicyRule): Promise<Sent[]> {
  const sent: Sent[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        sent.push({ name, inputs });
        return { id: name, state: inputs };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    false,
    "organization",
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    const { urn } = program();
    await new Promise((resolve) => urn.apply(resolve));
  });
  return sent.filter(({ name }) => name === "rule");
}

const rule = () => new PolicyRule("rule", { connection: { host: "192.0.2.9" }, priority: 1000, from: "203.0.113.1", table: 1 });

describe("connectionDefaults", () => {
  it("go along with each resource beside its connection, as one secret", async () => {
    const [sent] = await run(() => {
      connectionDefaults({ user: "ops", password: "TOPSECRET" });
      const resource = rule();
      const output: unknown = Reflect.get(resource, "connectionDefaults");
      assert.ok(pulumi.Output.isInstance(output) && pulumi.isSecret(output));
      return resource;
    });
    assert.deepEqual(sent?.inputs["connection"], { host: "192.0.2.9" });
    assert.deepEqual(sent?.inputs["connectionDefaults"], { ...secretMark, value: { user: "ops", password: "TOPSECRET" } });
  });

  it("that are not said are nothing", async () => {
    const [sent] = await run(rule);
    assert.ok(sent !== undefined && !("connectionDefaults" in sent.inputs));
  });

  it("are said once, and before the first resource", async () => {
    await run(() => {
      connectionDefaults({ user: "ops" });
      assert.throws(() => connectionDefaults({}), { message: "connectionDefaults is called twice: say all of it in one call" });
      return rule();
    });
    await run(() => {
      const resource = rule();
      assert.throws(() => connectionDefaults({}), {
        message: /^connectionDefaults comes behind PolicyRule rule, .*before the first resource$/,
      });
      return resource;
    });
  });
});
