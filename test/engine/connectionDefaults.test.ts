// What is said once for all connections: honoured wherever a host is reached, and kept nowhere.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { Result, Stack } from "../engine-cli/engine";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { doors, useSite } from "./site";
import { resource, stateText, steps } from "./state";

const command = join(__dirname, "../../provider/bin/policy-routing.js");

for (const door of doors)
  describe(`connection defaults, by the ${door} door`, function () {
    this.timeout(500_000);
    const site = useSite("connection-defaults", 5, door);

    const key = { dynamic: "policy-routing:connection", plugin: "policyrouting:connection" }[door];
    /** Only dynamic resources hear what a program says. */
    const ofProgram = door === "dynamic" ? it : () => {};

    const head = (defaults: string): string => `
    import { connectionDefaults } from "pulumi-policy-routing";
    connectionDefaults(${defaults});`;
    const rule = (host: Host, more = ""): string =>
      `new PolicyRule("rule", { connection: { host: "${host.address}"${more} }, priority: 1000, table: 1, from: "198.51.100.1" });`;
    const login = ({ knownHostsPath, keyPath: privateKeyPath }: Host): string =>
      JSON.stringify({ knownHostsPath, privateKeyPath }).slice(1, -1);
    const json = (host: Host, more: Readonly<Record<string, unknown>> = {}): string => {
      const { knownHostsPath, keyPath: privateKeyPath } = host;
      return JSON.stringify({ knownHostsPath, privateKeyPath, ...more });
    };
    /** Who logged in until now. */
    const users = async (host: Host): Promise<string[]> =>
      [...(await readFile(await host.file("/var/log/sshd.log"), "utf8")).matchAll(/^Accepted \S+ for (\S+) /gm)].map(
        ([, user]) => user ?? "",
      );
    const lastUser = async (host: Host): Promise<string | undefined> => (await users(host)).at(-1);
    const unchanged = async (stack: Stack): Promise<void> => {
      const preview = await stack.previewJson(["--show-sames"]);
      assert.deepEqual(steps(preview.steps), { rule: "same" });
      assert.match((await stack.up()).stdout, /Resources:\n\s+2 unchanged/);
    };

    const isRefusedInClear = async (host: Host, stack: Stack): Promise<void> => {
      await stack.configure({ [key]: json(host, { password: "WORD-in-clear" }) });
      const { stdout } = await stack.preview([], { expectFailure: true });
      assert.match(
        stdout,
        /policy-routing:connection holds a password or a key in clear.*pulumi config set --secret policy-routing:connection/,
      );
      assert.ok(!stdout.includes("WORD-in-clear"));
    };

    ofProgram(
      "of a program: reach the host, and are no part of inputs, state, plan or output; changed ones change no resource",
      async () => {
        const host = site.host();
        const key = await readFile(host.keyPath, "utf8");
        const words = [key.split("\n")[2] ?? "", "TOPSECRET"];
        const { knownHostsPath } = host;
        const defaults = (more: string): string =>
          `{ knownHostsPath: ${JSON.stringify(knownHostsPath)}, privateKey: ${JSON.stringify(key)}, sudoPassword: "TOPSECRET", ${more} }`;
        const { stack, write, folder } = await site.project(head(defaults(`user: "root"`)) + rule(host));
        const texts: string[] = [];
        const hear = ({ stdout, stderr }: Result): void => void texts.push(stdout, stderr);
        hear(await stack.preview(["--diff"]));
        hear(await stack.up(["--diff", "--skip-preview=false"]));
        assert.equal((await rules(host)).length, 1);
        const { inputs, outputs } = await resource(stack, "rule");
        assert.deepEqual([inputs?.["connection"], outputs?.["connection"]], [{ host: host.address }, { host: host.address }]);
        assert.ok(![inputs, outputs].some((one) => "connectionDefaults" in (one ?? {})));

        await write(head(defaults(`user: "ops", sudo: true, perDialTimeout: 20`)) + rule(host));
        const logins = (await users(host)).length;
        await unchanged(stack);
        assert.equal((await users(host)).length, logins, "neither preview nor up went to the host");
        hear(await stack.preview(["--json", "--show-sames", "--save-plan", join(folder, "plan")]));
        texts.push(await readFile(join(folder, "plan"), "utf8"));
        await write(head(defaults(`user: "ops", sudo: true`)) + rule(host).replace("table: 1", "table: 2"));
        hear(await stack.up(["--diff"]));
        assert.equal(await lastUser(host), "ops");
        await host.setSshdOption("AllowUsers", "nobody");
        await write(head(defaults(`user: "ops", sudo: true`)) + rule(host).replace("table: 1", "table: 3"));
        hear(await stack.up([], { expectFailure: true }));
        await host.setSshdOption("AllowUsers", null);
        texts.push(await stateText(stack), JSON.stringify(await stack.export()));
        for (const text of texts) for (const word of words) assert.ok(!text.includes(word), `a secret is in: ${text.slice(0, 4000)}`);
      },
    );

    ofProgram("of a program: a resource that leaves it is removed by them; without a program it is said what they need", async () => {
      const host = site.host();
      const program = head(`{ ${login(host)} }`);
      const other = rule(host).replace(`"rule"`, `"other"`).replace("1000", "1001");
      const { stack, write } = await site.project(program + rule(host) + other);
      await stack.up();
      await write(program + rule(host));
      await stack.up();
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 1 proto 214"]);
      for (const without of [
        await stack.refresh([], { expectFailure: true }),
        await stack.destroy(["--run-program"], { expectFailure: true }),
      ])
        assert.match(
          without.stdout + without.stderr,
          /a refresh or a destroy logs in as the last `up` did: .*; what a program says by connectionDefaults is known to `up` only: set policy-routing:connection, and add --run-program/,
        );
      assert.equal((await rules(host)).length, 1);
      await stack.configure({ "policy-routing:connection": json(host) });
      await stack.destroy(["--run-program"]);
      assert.deepEqual(await rules(host), []);
    });

    it("of the stack's configuration: reach the host, with and without a program; changed ones change no resource", async () => {
      const host = site.host();
      const { stack } = await site.project(rule(host));
      await stack.configure({ [key]: json(host, { user: "root" }) });
      await stack.up();
      assert.equal(await lastUser(host), "root");
      assert.deepEqual((await resource(stack, "rule")).inputs?.["connection"], { host: host.address });

      await stack.configure({ [key]: json(host, { user: "ops", sudo: true }) });
      await unchanged(stack);
      await stack.refresh(["--expect-no-changes"]);
      assert.equal(await lastUser(host), "ops");

      const text = await readFile(host.keyPath, "utf8");
      const secret = JSON.stringify({ knownHostsPath: host.knownHostsPath, privateKey: text, user: "root" });
      if (door === "dynamic") await isRefusedInClear(host, stack);
      await stack.configure({ [key]: { secret } });
      await unchanged(stack);
      assert.ok(!(await stateText(stack)).includes(text.split("\n")[2] ?? ""), "encrypted in the engine's own copy of the configuration");
      await stack.refresh(["--expect-no-changes"]);
      assert.equal(await lastUser(host), "root");
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it(`set by --path are the same; what a resource says goes first${door === "dynamic" ? ", then the program" : ""}, then the stack`, async () => {
      const host = site.host();
      const { stack, write } = await site.project(rule(host));
      const set = (path: string, value: string) =>
        stack.run(["config", "set", "--stack", stack.name, "--plaintext", "--path", `${key}.${path}`, "--", value]);
      for (const [name, value] of Object.entries({ ...JSON.parse(json(host)), user: "ops", sudo: "true" })) await set(name, String(value));
      await stack.up();
      assert.equal(await lastUser(host), "ops");
      if (door === "dynamic") {
        await write(head(`{ user: "root", sudo: false }`) + rule(host).replace("table: 1", "table: 2"));
        await stack.up();
        assert.equal(await lastUser(host), "root");
        await write(head(`{ user: "root", sudo: false }`) + rule(host, `, user: "ops", sudo: true`).replace("table: 1", "table: 3"));
        await stack.up();
        assert.equal(await lastUser(host), "ops");
      }
      const program = door === "dynamic" ? head(`{ user: "ops", sudo: true }`) : "";
      await write(program + rule(host, `, user: "root", sudo: false`).replace("table: 1", "table: 4"));
      await stack.up();
      assert.equal(await lastUser(host), "root");
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("mistakes are told by the preview, without a look at the host; policy-routing plan and doctor take what a preview shows", async () => {
      const host = site.host();
      const { stack, write, folder } = await site.project(head(`{ usr: "root", host: "x" } as object`) + rule(host));
      const said = async (): Promise<string> => {
        const { stdout, stderr } = await stack.preview([], { expectFailure: true });
        return stdout + stderr;
      };
      if (door === "dynamic") {
        assert.match(await said(), /connectionDefaults\.host: each resource names its own host/);
        await write(head(`{ usr: "root" } as object`) + rule(host));
        assert.match(await said(), /connectionDefaults\.usr: unknown field: did you mean user\?/);
        await write(rule(host) + head("{}"));
        assert.match(await said(), /connectionDefaults comes behind PolicyRule rule, .*call it before the first resource/);
        await write(`${head("{}")}\nconnectionDefaults({});${rule(host)}`);
        assert.match(await said(), /connectionDefaults is called twice/);
      } else assert.match(await said(), /PolicyRule rule: the plugin does not hear of connectionDefaults: set policyrouting:connection/);
      await write(rule(host));
      await stack.configure({ [key]: "user=root" });
      assert.match(
        await said(),
        door === "dynamic" ? /policy-routing:connection: expected a JSON object such as/ : /connection: expected an object such as/,
      );
      assert.deepEqual(await users(host), []);

      await stack.configure({ [key]: json(host, { user: "ops", sudo: true }) });
      const file = join(folder, "plan.json");
      await writeFile(file, (await stack.preview(["--json", "--show-sames"])).stdout);
      const run = (...args: readonly string[]) => spawnSync(process.execPath, [command, ...args], { encoding: "utf8" });
      const planned = run("plan", host.address, file);
      assert.match(planned.stdout, /ip -4 rule add .*198\.51\.100\.1/, planned.stderr);
      assert.equal(await lastUser(host), "ops");
      assert.match(run("report", "--live", file).stdout, /198\.51\.100\.1/);
      assert.match(run("doctor", "--hosts", file).stdout, /login\s/);
      await stack.configure({ [key]: { secret: json(host) } });
      await writeFile(file, (await stack.preview(["--json", "--show-sames"])).stdout);
      assert.ok(run("plan", host.address, file).stderr.includes(`the stack's ${key} is secret, so it is not shown here`));
    });
  });
