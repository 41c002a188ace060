// The engine is stopped or killed in the middle of a change: the host's state is right, and the next `up` carries on.
import { strict as assert } from "node:assert";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import type { Running, Stack } from "../engine-cli/engine";
import type { Host } from "../lab/lab";
import { bornAt } from "../lab/process";
import { type Relay, startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { rules } from "./host";
import { type Door, doors, useSite } from "./site";
import { byName } from "./state";

const count = 6;
const expected = Array.from({ length: count }, (_, n) => `${1000 + n} from 198.51.100.${n} lookup 5 proto 214`);

/** Rules one after the other over a slow path, so that one always is on its way. */
async function program(host: Host, relay: Relay): Promise<string> {
  const connection = { ...host.connection, host: relay.host, port: relay.port, hostKey: await host.hostKey() };
  return `const connection = ${JSON.stringify(connection)};
    let dependsOn: pulumi.Resource[] = [];
    for (let n = 0; n < ${count}; n++)
      dependsOn = [new PolicyRule("rule-" + n, { connection, priority: 1000 + n, table: 5, from: "198.51.100." + n, guard: { confirmTimeout: 15 } }, { dependsOn })];`;
}

const scripts: Readonly<Record<Door, RegExp>> = {
  dynamic: /^[^\0]*node\0[^\0]*dynamic-provider/,
  plugin: /^[^\0]*node\0[^\0]*pulumi-resource-policyrouting\0/,
};

/** The plugin of one stack, whose environment says so: the program's own process is another. */
async function pluginOf(mark: string, door: Door): Promise<number> {
  return until(
    "the plugin to run",
    async () => {
      for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
        const read = (name: string): Promise<string> => readFile(`/proc/${entry}/${name}`, "utf8").catch(() => "");
        const [command, environment] = [await read("cmdline"), await read("environ")];
        if (scripts[door].test(command) && environment.includes(`POLICY_ROUTING_TEST=${mark}\0`)) return Number(entry);
      }
      return undefined;
    },
    60_000,
    50, // each look reads what every process of the machine was started with
  );
}

const third = (up: Running): Promise<unknown> =>
  until(
    "the third rule to be on its way",
    async () => {
      if (up.child.exitCode !== null) throw new Error(`up has ended: ${up.printed()}`);
      return /rule-2 creating/.test(up.printed()) ? true : undefined;
    },
    120_000,
  );

/** The file of the stack's state, once it is whole; else nothing. */
async function checkpoint({ backend }: Stack): Promise<string> {
  const stacks = join(fileURLToPath(backend), ".pulumi", "stacks");
  for (const name of await readdir(stacks, { recursive: true })) {
    if (!name.endsWith(".json")) continue;
    const text = await readFile(join(stacks, name), "utf8");
    try {
      JSON.parse(text);
      return text;
    } catch {} // half of it
  }
  return "";
}

const gone = (what: string, pid: number): Promise<unknown> =>
  until(`${what} to end`, async () => ((await bornAt(pid)) === undefined ? true : undefined), 60_000);

/** Whatever guard was armed has been confirmed or has fired. */
const atRest = (host: Host): Promise<unknown> =>
  until(
    "no guard to be armed",
    async () => ((await host.result("ls /run/policy-routing/t-*/armed /run/policy-routing/t-*/firing")).stdout === "" ? true : undefined),
    60_000,
  );

async function carriesOn(stack: Stack, host: Host): Promise<void> {
  await stack.up();
  assert.deepEqual(await rules(host), expected);
  const names = [...byName(await stack.export()).keys()].filter((name) => name.startsWith("rule-"));
  assert.equal(names.length, count);
  await stack.refresh(["--expect-no-changes"]);
  await stack.destroy();
  assert.deepEqual(await rules(host), []);
}

for (const door of doors)
  describe(`an interrupted up, by the ${door} door`, function () {
    this.timeout(240_000);
    const site = useSite("interrupt", 4, door);

    async function begin(mark: string): Promise<{ host: Host; relay: Relay; stack: Stack; up: Running; plugin: number }> {
      const host = site.host();
      const relay = await startRelay({ host: host.address, delayMs: 50 });
      const { stack } = await site.project(await program(host, relay), { env: { POLICY_ROUTING_TEST: mark } });
      const up = stack.spawn("up");
      const plugin = await pluginOf(mark, door);
      await third(up);
      return { host, relay, stack, up, plugin };
    }

    it("Ctrl-C: what is on its way ends or is undone, the rest does not begin, and the next up carries on", async () => {
      const { host, relay, stack, up, plugin } = await begin(`ctrl-c-${process.pid}`);
      try {
        up.child.kill("SIGINT");
        assert.notEqual((await up.ended).code, 0);
        await gone("the plugin", plugin);
        const there = await rules(host);
        assert.ok(there.length < count, "the rest did not begin");
        assert.deepEqual(there, expected.slice(0, there.length));
        const state = [...byName(await stack.export()).keys()].filter((name) => name.startsWith("rule-"));
        assert.equal(state.length, there.length, "the state says what is on the host");
        await carriesOn(stack, host);
      } finally {
        await relay.close();
      }
    });

    it("the failure of one host stops no other: a host that is being dialled then gets its change", async () => {
      const host = site.host();
      const relay = await startRelay({ host: host.address, delayMs: 300 });
      const far = { ...host.connection, host: relay.host, port: relay.port, hostKey: await host.hostKey() };
      const dead = { ...host.connection, port: 9, dialErrorLimit: 0 };
      const { stack } = await site.project(
        `new PolicyRule("dead", { connection: ${JSON.stringify(dead)}, priority: 1000, table: 5, from: "198.51.100.1" });
      new PolicyRule("far", { connection: ${JSON.stringify(far)}, priority: 1001, table: 5, from: "198.51.100.1" });`,
      );
      try {
        const { stdout } = await stack.up([], { expectFailure: true });
        assert.doesNotMatch(stdout, /not begun/);
        // The engine may not have come to it when the other one failed.
        if (/far creating/.test(stdout)) assert.deepEqual(await rules(host), ["1001 from 198.51.100.1 lookup 5 proto 214"], stdout);
      } finally {
        await relay.close();
      }
    });

    it("SIGKILL of the CLI: the plugin ends by itself, and after `pulumi cancel` the next up carries on", async () => {
      const { host, relay, stack, up, plugin } = await begin(`kill-cli-${process.pid}`);
      try {
        // Not while the CLI writes its checkpoint, which it does in place: half of one is its own loss, and not what this is about.
        await until(
          "the checkpoint to name what is on its way",
          async () => ((await checkpoint(stack)).includes("rule-2") ? true : undefined),
          20_000,
        );
        up.child.kill("SIGKILL");
        await up.ended;
        await gone("the plugin", plugin);
        await atRest(host);
        const there = await rules(host);
        assert.deepEqual(there, expected.slice(0, there.length));
        await stack.run(["cancel", "--yes", "--stack", stack.name]);
        await carriesOn(stack, host);
      } finally {
        await relay.close();
      }
    });

    it("SIGKILL of the plugin: the guard undoes what was not confirmed, up fails, and the next up carries on", async () => {
      const { host, relay, stack, up, plugin } = await begin(`kill-plugin-${process.pid}`);
      try {
        process.kill(plugin, "SIGKILL");
        assert.notEqual((await up.ended).code, 0);
        await atRest(host);
        const there = await rules(host);
        assert.deepEqual(there, expected.slice(0, there.length));
        await carriesOn(stack, host);
      } finally {
        await relay.close();
      }
    });
  });
