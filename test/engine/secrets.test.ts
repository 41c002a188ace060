// Keys and passwords: never in a state, never on a screen.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { Result } from "../engine-cli/engine";
import { rules } from "./host";
import { connection, doors, useSite } from "./site";
import { byName, stateText } from "./state";

for (const door of doors)
  describe(`secrets, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("secrets", 3, door);

    it("a private key and a password stay out of the state and of every output, also through update, refresh and a failed check", async () => {
      const host = site.host();
      const key = await readFile(host.keyPath, "utf8");
      const body = key.split("\n").slice(1, -2).join("");
      const words = [key.split("\n")[2] ?? "", "TOPSECRET"];
      assert.ok(body.length > 200);
      const program = (fields: string): string => `
      const config = new pulumi.Config();
      const { privateKeyPath: _path, ...login } = ${JSON.stringify(host.connection)};
      const connection = { ...login, privateKey: pulumi.secret(${JSON.stringify(key)}), password: pulumi.secret("TOPSECRET"),
        proxy: undefined, perDialTimeout: 20 };
      const rule = new PolicyRule("rule", { connection, ${fields} });
      new RoutingTable("table", { connection, tableId: 7, name: "seven" });
      export const table = rule.table;`;
      const { stack, write } = await site.project(program(`priority: 1000, table: 1, from: "198.51.100.1"`));
      const clean = async (...results: readonly Result[]): Promise<void> => {
        const texts = [
          ...results.flatMap(({ stdout, stderr }) => [stdout, stderr]),
          await stateText(stack),
          JSON.stringify(await stack.export()),
        ];
        for (const text of texts) for (const word of words) assert.ok(!text.includes(word), `a secret is in: ${text.slice(0, 4000)}`);
      };
      await clean(await stack.preview(["--diff"]), await stack.up());
      assert.equal((await rules(host)).length, 1);
      await write(program(`priority: 1000, table: 2, from: "198.51.100.1"`));
      await clean(await stack.preview(["--diff"]), await stack.preview(["--json"]), await stack.up(["--diff"]));
      await host.exec("ip rule del pref 1000");
      await clean(await stack.preview(["--refresh", "--diff"]), await stack.up(["--refresh"]), await stack.refresh());
      await write(program(`priority: 99999, table: 2, from: "198.51.100.1"`));
      await clean(await stack.up([], { expectFailure: true }));
      await write(program(`priority: 1000, table: 1, from: "198.51.100.1"`).replace("TOPSECRET", "TOPSECRET-changed"));
      await clean(await stack.up(["--diff"]));
      await host.setSshdOption("AllowUsers", "nobody");
      await clean(await stack.refresh([], { expectFailure: true }));
      await host.setSshdOption("AllowUsers", null);
      await clean(await stack.destroy());
    });

    // Through the plugin the state holds entries among the inputs alone.
    if (door === "dynamic")
      it("what a program marks in the entries of a whole host is encrypted in its state, wherever it is marked, and is read, changed and removed", async () => {
        const host = site.host();
        const program = (table: number): string => `${connection(host)}
        const rule = (priority: number, from: pulumi.Input<string>) => ({ priority, from, table: ${table} });
        const [hidden, shown] = ["203.0.113.77", "198.51.100.1"];
        const many = (first: number) => Object.fromEntries(Array.from({ length: 9 }, (_, index) => ["plain-" + index, rule(first + index, shown)]));
        new HostRouting("entry", { connection, rules: { ...many(1000), one: rule(1009, pulumi.secret(hidden)) } });
        new HostRouting("all", { connection, rules: pulumi.secret({ ...many(1010), one: rule(1019, hidden) }) });
        new HostRouting("transformed", { connection, rules: many(1020) }, {
          transformations: [({ props, opts }) => ({ props: { ...props, rules: { ...props["rules"], one: rule(1029, pulumi.secret(hidden)) } }, opts })],
        });`;
        const { stack, write } = await site.project(program(1));
        const assertHidden = async (...results: readonly Result[]): Promise<void> => {
          const state = byName(await stack.export());
          for (const name of ["entry", "all", "transformed"])
            assert.match(
              JSON.stringify(state.get(name)?.outputs?.["rules"]),
              /^\{"4dabf18193072939515e22adb298388d":"[0-9a-f]+","ciphertext":"[^"]+"\}$/,
            );
          const texts = results.flatMap(({ stdout, stderr }) => [stdout, stderr]);
          for (const text of [...texts, await stateText(stack)]) assert.doesNotMatch(text, /203\.0\.113\.77|deflated/);
        };
        await assertHidden(await stack.up(["--diff"]));
        assert.equal((await rules(host)).length, 30);
        await write(program(2));
        await assertHidden(await stack.up(["--diff"]));
        await host.exec("ip rule del pref 1003; ip rule del pref 1009; ip rule del pref 1019");
        await assertHidden(await stack.preview(["--refresh", "--diff"]), await stack.refresh(["--diff"]));
        await stack.destroy();
        assert.deepEqual(await rules(host), []);
      });

    it("a key that pulumi config set --secret --path put into hosts is used by hostsFromConfig, and nowhere to be seen", async () => {
      const host = site.host();
      const key = await readFile(host.keyPath, "utf8");
      const word = key.split("\n")[2] ?? "";
      assert.ok(word.length > 20);
      const program = (priority: number): string => `
      import { hostsFromConfig } from "pulumi-policy-routing";
      export const hosts = hostsFromConfig();
      for (const { name, routing } of hosts) {
        new HostRouting(name, { ...routing!, rules: { one: { priority: ${priority}, from: "198.51.100.1", table: 1 } } });
      }`;
      const { stack, write, folder } = await site.project(program(1000));
      const { privateKeyPath: _path, ...login } = host.connection;
      const set = (path: string, value: string, ...how: readonly string[]) =>
        stack.run(["config", "set", "--stack", stack.name, "--path", ...how, path, "--", value]);
      for (const [name, value] of Object.entries(login)) await set(`hosts.edge-1.connection.${name}`, String(value), "--plaintext");
      const texts: string[] = [];
      const hear = ({ stdout, stderr }: Result): void => void texts.push(stdout, stderr);
      hear(await set("hosts.edge-1.connection.privateKey", key, "--secret"));
      texts.push(await readFile(join(folder, `Pulumi.${stack.name}.yaml`), "utf8"));
      assert.match(texts.at(-1) ?? "", /edge-1:\n\s+connection:[\s\S]*privateKey:\n\s+secure: /);

      hear(await stack.preview(["--diff"]));
      hear(await stack.up(["--diff", "--debug"]));
      assert.equal((await rules(host)).length, 1, "it is the only way to log in");
      await write(program(1001));
      hear(await stack.preview(["--json", "--show-sames"]));
      hear(await stack.up(["--skip-preview=false"]));
      hear(await stack.refresh(["--diff"]));
      hear(await stack.run(["stack", "output", "--json", "--stack", stack.name]));
      assert.match(texts.at(-2) ?? "", /edge-1[\s\S]*\[secret\]/);
      await write(program(99_999));
      hear(await stack.up([], { expectFailure: true }));
      await set("hosts.edge-1.connection.port", "99999", "--plaintext");
      hear(await stack.preview([], { expectFailure: true }));
      assert.match(texts.join(""), /hosts\.edge-1\.connection\.port: expected a whole number/);
      await set("hosts.edge-1.connection.port", "22", "--plaintext");
      hear(await stack.destroy(["--debug"]));
      assert.deepEqual(await rules(host), []);
      texts.push(await stateText(stack), JSON.stringify(await stack.export()));
      for (const text of texts) assert.ok(!text.includes(word), `the key is in: ${text.slice(0, 4000)}`);
    });
  });
