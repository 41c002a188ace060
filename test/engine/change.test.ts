// What a change of the program does to the kernel in between: every moment is right, not only the end.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { rules, withoutTokens } from "./host";
import { watchRules } from "./monitor";
import { connection, doors, useSite } from "./site";
import { byName, resource } from "./state";

for (const door of doors)
  describe(`a change of the program, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("change", 6, door);

    it("renaming a resource and moving it into a component, with and without an alias, leaves the kernel alone", async () => {
      const host = site.host();
      const { prefix } = host.uplinks[1];
      const all = (rule: string, options: string): string => `
      new PolicyRule("${rule}", { connection, priority: 1000, table: 7, from: "198.51.100.1" }${options});
      new PolicyRoute("${rule}-route", { connection, table: 7, destination: "${prefix}", dev: "eth1" }${options});
      new RoutingTable("${rule}-table", { connection, tableId: 7, name: "seven" }${options});`;
      const component = `class Site extends pulumi.ComponentResource { constructor() { super("test:index:Site", "site"); } }
      const parent = new Site();`;
      const { stack, write } = await site.project(connection(host) + all("first", ""));
      await stack.up();
      const before = await host.snapshot();
      const watch = await watchRules(host);

      await write(connection(host) + all("second", ""));
      const renamed = await stack.up();
      assert.match(renamed.stdout, /\+ 3 created\s+- 3 deleted/);
      await write(`${connection(host)}${component}${all("second", ", { parent }")}`);
      await stack.up();
      const inComponent = byName(await stack.export());
      assert.match(inComponent.get("second")?.urn ?? "", /test:index:Site\$(pulumi-nodejs:dynamic|policyrouting:index)/);
      await write(
        `${connection(host)}${component}${all("third", ", { aliases: [{ name: NAME }], parent }").replaceAll(/"(third[a-z-]*)"(.*)NAME/g, (_all, name: string, between: string) => `"${name}"${between}"${name.replace("third", "second")}"`)}`,
      );
      const aliased = await stack.up();
      assert.doesNotMatch(aliased.stdout, /created|deleted|updated/, "an alias keeps the resource");
      assert.equal(byName(await stack.export()).get("third")?.id, inComponent.get("second")?.id);

      assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before), "nothing on the host but the owner of the name is another");
      assert.deepEqual(await watch.end(), [["1000 from 198.51.100.1 lookup 7 proto 214"]], "the kernel reported no event");
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("swapping the priorities of two rules never leaves a moment without either", async () => {
      const host = site.host();
      const program = (first: number, second: number): string => `${connection(host)}
      new PolicyRule("one", { connection, priority: ${first}, table: 1, from: "198.51.100.1" });
      new PolicyRule("two", { connection, priority: ${second}, table: 2, from: "198.51.100.2" });
      new PolicyRule("three", { connection, priority: 1002, table: 3, from: "198.51.100.3" });`;
      const { stack, write } = await site.project(program(1000, 1001));
      await stack.up();
      const watch = await watchRules(host);
      await write(program(1001, 1000));
      await stack.up();
      const moments = await watch.end();
      assert.ok(moments.length > 2);
      for (const moment of moments)
        for (const table of [1, 2, 3])
          assert.ok(
            moment.some((rule) => rule.includes(`from 198.51.100.${table} lookup ${table} `)),
            `at one moment nothing led to table ${table}: ${moment.join("; ")}`,
          );
      assert.deepEqual(await rules(host), [
        "1000 from 198.51.100.2 lookup 2 proto 214",
        "1001 from 198.51.100.1 lookup 1 proto 214",
        "1002 from 198.51.100.3 lookup 3 proto 214",
      ]);
      await stack.preview(["--refresh", "--expect-no-changes"]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("an update at one priority never leaves a moment without a rule there", async () => {
      const host = site.host();
      const program = (table: number): string =>
        `${connection(host)}new PolicyRule("one", { connection, priority: 1000, table: ${table}, from: "198.51.100.1" });`;
      const { stack, write } = await site.project(program(1));
      await stack.up();
      const watch = await watchRules(host);
      await write(program(2));
      await stack.up();
      for (const moment of await watch.end()) assert.ok(moment.some((rule) => rule.startsWith("1000 from 198.51.100.1 lookup ")));
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 2 proto 214"]);
    });

    it("another address of the same machine leaves the kernel alone; another machine gets the entries before the old one loses them", async () => {
      const [host, other] = [site.host(), site.host()];
      const [before, otherBefore] = await Promise.all([host.snapshot(), other.snapshot()]);
      const program = (login: string): string => `${login}
      new PolicyRule("rule", { connection, priority: 1000, table: 7, from: "198.51.100.1" });
      new RoutingTable("table", { connection, tableId: 7, name: "seven" });`;
      const { stack, write } = await site.project(program(connection(host)));
      await stack.up();
      const after = await host.snapshot();
      const { id } = await resource(stack, "rule");

      const watch = await watchRules(host);
      await write(program(connection(host, { host: host.address6 })));
      await stack.up();
      assert.equal((await watch.end()).length, 1, "the kernel reported no event");
      assert.equal(await host.snapshot(), after);
      const moved = await resource(stack, "rule");
      assert.equal(moved.id, id);
      assert.deepEqual(moved.inputs?.["connection"], { ...host.connection, host: host.address6 });

      await write(program(connection(other)));
      await stack.up();
      assert.equal(await host.snapshot(), before, "the old machine is what it was before us");
      assert.deepEqual(await rules(other), ["1000 from 198.51.100.1 lookup 7 proto 214"]);
      assert.equal((await resource(stack, "rule")).outputs?.["machineId"], (await other.exec("cat /etc/machine-id")).trim());
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.equal(await other.snapshot(), otherBefore);
    });

    it("a change of login details alone touches no host", async () => {
      const host = site.host();
      const program = (login: string): string =>
        `${login}new PolicyRule("rule", { connection, priority: 1000, table: 7, from: "198.51.100.1" });`;
      const { stack, write } = await site.project(program(connection(host)));
      await stack.up();
      const logins = await host.countLogins();
      await write(program(connection(host, { dialErrorLimit: 3, perDialTimeout: 9 })));
      const { stdout } = await stack.up();
      assert.match(stdout, /~ 1 updated/);
      assert.equal(await host.countLogins(), logins);
      assert.deepEqual((await resource(stack, "rule")).inputs?.["connection"], {
        ...host.connection,
        dialErrorLimit: 3,
        perDialTimeout: 9,
      });
    });
  });
