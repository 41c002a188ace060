// Passwords and keys are secret in whatever form a program gives them, and whatever it says of them.
import { strict as assert } from "node:assert";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { openStack, type Result, type Stack } from "../engine-cli/engine";
import type { Uplink } from "../lab/addresses";
import { doors, useSite } from "./site";
import { stateText } from "./state";

const examples = join(__dirname, "..", "..", "examples");

/** What a person and a machine can see of a stack, beside what the commands print. */
async function kept(stack: Stack): Promise<string[]> {
  const outputs = await stack.run(["stack", "output", "--json", "--stack", stack.name]);
  return [await stateText(stack), JSON.stringify(await stack.export()), outputs.stdout];
}

const printed = (results: readonly Result[]): string[] => results.flatMap(({ stdout, stderr }) => [stdout, stderr]);

function assertClean(texts: readonly string[], words: RegExp): void {
  for (const text of texts) {
    const at = text.search(words);
    assert.equal(at, -1, `a secret is in: ${text.slice(Math.max(0, at - 600), at + 200)}`);
  }
}

for (const door of doors)
  describe(`secrets in every form, by the ${door} door`, function () {
    this.timeout(400_000);
    const site = useSite("secret-words", 2, door);

    it("a literal, requireObject, outputs, a transformation, ignoreChanges: nothing of them is in a preview, a plan, the events or the state", async () => {
      const [host, jump] = [site.host(), site.host()];
      // A word a form, so that a leak says whose it is.
      const program = (priority: number, more = ""): string => `
      import { writeFileSync } from "node:fs";
      const login = ${JSON.stringify(host.connection)};
      const way = ${JSON.stringify(jump.connection)};
      const config = new pulumi.Config();
      const given = (form: string) => ({
        ...login, password: "WORD-" + form, privateKeyPassword: "WORD-" + form + "-passphrase", sudoPassword: "WORD-" + form + "-sudo",
        proxy: { ...way, password: "WORD-" + form + "-proxy", privateKeyPassword: "WORD-" + form + "-proxy-passphrase" },
      });
      new PolicyRule("literal", { connection: given("literal"), priority: ${priority}, table: 1, from: "198.51.100.1"${more} });
      new PolicyRule("field-output", { connection: { ...login, password: pulumi.output("WORD-field-output") }, priority: ${priority} + 1, table: 1, from: "198.51.100.1" });
      new PolicyRule("nothing", { connection: { ...login, password: pulumi.output(undefined) }, priority: ${priority} + 2, table: 1, from: "198.51.100.1" });
      new RoutingTable("config", { connection: config.requireObject("connection"), tableId: 7, name: "seven" });
      new RoutingTable("config-whole", { connection: config.requireSecretObject("connection"), tableId: 8, name: "eight" });
      new PolicyRoute("output", { connection: pulumi.output(given("output")), destination: "192.0.2.0/24", type: "blackhole", table: 7 });
      new NextHop("promise", { connection: Promise.resolve(given("promise")), nhid: 9, blackhole: true });
      new HostRouting("marked", { connection: { ...login, password: pulumi.secret("WORD-marked") }, rules: { one: { priority: ${priority} + 3, from: "198.51.100.1", table: 1 } } });
      new PolicyRule("transformed", { connection: login, priority: ${priority} + 4, from: "198.51.100.1", table: 1 }, {
        transformations: [({ props, opts }) => ({ props: { ...props, connection: given("transformed") }, opts })],
      });
      new PolicyRule("ignored", { connection: given("ignored"), priority: ${priority} + 5, table: 1, from: "198.51.100.1" }, { ignoreChanges: ["connection"] });
      new MultihomedHost("component", { connection: given("component"), uplinks: {
        isp1: { device: "eth0", address: "${host.uplinks[0].address}/24", gateway: "${host.uplinks[0].gateway}", table: 101 },
        isp2: { device: "eth1", address: "${host.uplinks[1].address}/24", gateway: "${host.uplinks[1].gateway}", table: 102 } } });`;
      const { stack, write, folder } = await site.project(program(1000), { env: { PULUMI_DEBUG_COMMANDS: "true" } });
      const set = (path: string, value: string, how: string) =>
        stack.run(["config", "set", "--stack", stack.name, "--path", how, path, "--", value]);
      for (const [name, value] of Object.entries(host.connection)) await set(`connection.${name}`, String(value), "--plaintext");
      await set("connection.password", "WORD-config", "--secret");
      const [planned, log] = [join(folder, "planned.json"), join(folder, "events.json")];
      const results = [
        await stack.preview(["--diff", "--save-plan", planned]),
        await stack.preview(["--json", "--show-sames"]),
        await stack.up(["--diff", "--event-log", log]),
      ];
      // With `--debug` the SDK writes its own calls down, word by word: that is the engine's, and documented.
      const events = (await readFile(log, "utf8")).split("\n").filter((line) => !/"severity":"debug"/.test(line));
      assertClean([...printed(results), await readFile(planned, "utf8"), ...events, ...(await kept(stack))], /WORD-/);
      assert.match(events.join("\n"), /"password":\{"4dabf18193072939515e22adb298388d":"[0-9a-f]+","ciphertext":"\[secret\]"\}/);
      // What else the engine shows of them: a change beside them, a refusal, an outcome that is kept, a refresh, the end.
      await write(program(1100));
      const later = [await stack.preview(["--json"]), await stack.up(["--diff"]), await stack.preview(["--expect-no-changes"])];
      await write(
        program(1100, `, guard: { probes: [{ tcp: "${host.address}:1", expect: true }] }`).replace('"198.51.100.1"', '"198.51.100.2"'),
      );
      later.push(await stack.up([], { expectFailure: true }));
      await write(program(99_999));
      later.push(await stack.preview([], { expectFailure: true }));
      later.push(await stack.refresh(["--diff"]));
      assertClean([...printed(later), ...(await kept(stack))], /WORD-/);
      later.push(await stack.destroy());
      assertClean([...printed(later), ...(await kept(stack))], /WORD-/);
    });
  });

describe("secrets of examples and old states", function () {
  this.timeout(400_000);
  const site = useSite("secret-forms", 5, "dynamic");

  describe("a password of the configuration", () => {
    /** Where each example takes its connection from, and what else it is told. */
    const programs: Readonly<
      Record<string, readonly [path: string, config: (uplinks: readonly Uplink[]) => Readonly<Record<string, unknown>>]>
    > = {
      fleet: ["hosts.edge-1.connection", (uplinks) => ({ hosts: { "edge-1": { uplinks: labelled(uplinks) } } })],
      held: ["connection", (uplinks) => ({ uplinks: labelled(uplinks), healthy: [], hold: 1 })],
      multihomed: ["connection", (uplinks) => ({ uplinks: labelled(uplinks) })],
      "two-uplinks": [
        "connection",
        (uplinks) => ({
          uplinks: uplinks.map(({ device, address, gateway, prefix }, index) => ({
            name: `rt${index + 1}`,
            device,
            network: prefix,
            address,
            gateway,
            tableId: 101 + index,
            priority: 1000 + 100 * index,
          })),
        }),
      ],
    };

    it("is tried with every example", async () => {
      const files = await readdir(examples, { recursive: true });
      const found = files.flatMap((file) => (/^[^/]+\/index\.ts$/.test(file) ? [dirname(file)] : []));
      assert.deepEqual(found.sort(), [...Object.keys(programs), "new-host"].sort()); // that one by newHost.test.ts
    });

    for (const [name, [path, config]] of Object.entries(programs))
      it(`stays secret in examples/${name}`, async () => {
        const host = site.host();
        // Of a name of its own: another test has a stack of the same program, and each writes Pulumi.STACK.yaml there.
        const stack = await openStack({ program: join(examples, name), stack: "secrets" });
        const set = (password: string): Promise<Result> => {
          const login = Object.entries(host.connection).flatMap(([field, value]) => ["--plaintext", `${name}:${path}.${field}=${value}`]);
          return stack.run([
            "config",
            "set-all",
            "--stack",
            stack.name,
            "--path",
            ...login,
            "--secret",
            `${name}:${path}.password=${password}`,
          ]);
        };
        try {
          await stack.configure(
            Object.fromEntries(Object.entries(config(host.uplinks)).map(([key, value]) => [`${name}:${key}`, JSON.stringify(value)])),
          );
          await set("WORD-before");
          const results = [await stack.up(["--diff"])];
          await set("WORD-after");
          results.push(await stack.preview(["--diff"]), await stack.preview(["--json"]), await stack.up(["--diff"]));
          assert.match(results[2]?.stdout ?? "", /"password": "\[secret\]"/);
          results.push(await stack.destroy());
          assertClean([...printed(results), ...(await kept(stack))], /WORD-/);
        } finally {
          await stack.remove();
        }
      });
  });

  it("an old state that holds a password in clear loses it at the next up, without a login, or at the next refresh", async () => {
    const host = site.host();
    const { stack, folder } = await site.project(`
      const connection = { ...${JSON.stringify(host.connection)}, password: "WORD-old" };
      new PolicyRule("rule", { connection, priority: 1000, table: 1, from: "198.51.100.1" });
      new HostRouting("whole", { connection, rules: { one: { priority: 1001, from: "198.51.100.1", table: 1 } } });`);
    await stack.up();
    const bringOldState = async (): Promise<void> => {
      const state = await stack.export(["--show-secrets"]);
      const file = join(folder, "old.json");
      await writeFile(file, JSON.stringify(inClear(state)));
      await stack.run(["stack", "import", "--file", file, "--stack", stack.name]);
      assert.equal(JSON.stringify(await stack.export()).split("WORD-old").length, 5, "inputs and outputs of two resources");
    };
    await bringOldState();
    const logins = await host.countLogins();
    const results = [await stack.preview(), await stack.up()];
    assert.equal(await host.countLogins(), logins);
    assertClean([...printed(results), JSON.stringify(await stack.export())], /WORD-/);
    await stack.preview(["--expect-no-changes"]);
    await bringOldState();
    assertClean([...printed([await stack.refresh()]), JSON.stringify(await stack.export())], /WORD-/);
    await stack.preview(["--expect-no-changes"]);
  });
});

const labelled = (uplinks: readonly Uplink[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    uplinks.map(({ device, address, gateway, prefix }, index) => [
      `isp${index + 1}`,
      { device, address: `${address}/${prefix.split("/")[1]}`, gateway, table: 101 + index },
    ]),
  );

/** A state with its secrets as versions before this one kept them: as plain values. */
function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value && typeof value.plaintext === "string") return JSON.parse(value.plaintext);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inClear(inner)]));
}
