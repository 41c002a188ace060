// One host that a program names by two addresses: a conflict is found, and nothing else is hindered.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { rules, withoutTokens } from "./host";
import { connection, doors, useSite } from "./site";
import { byName, resource } from "./state";

for (const door of doors)
  describe(`one host under two addresses on the engine, by the ${door} door`, function () {
    this.timeout(240_000);
    const site = useSite("addresses", 3, door);
    const addresses = (host: Host): string => `${connection(host)}${connection(host, { host: host.address6 }, "other")}`;
    const both = /rule inet 1000: \S+ declares it here, and \S+ at \S+; both addresses lead to one host, and one object has one owner/;

    it("with one key twice: one of them is made, the other is refused and named; once it is gone from the program, all is well", async () => {
      const host = site.host();
      const before = await host.snapshot();
      const one = `new PolicyRule("one", { connection, priority: 1000, table: 1, from: "198.51.100.1" });`;
      const two = `new PolicyRule("two", { connection: other, priority: 1000, table: 2, from: "198.51.100.1" });`;
      const { stack, write } = await site.project(addresses(host) + one + two);
      const { stdout } = await stack.up(["--continue-on-error"], { expectFailure: true });
      assert.match(stdout, both);
      assert.equal((await rules(host)).length, 1);
      const made = [...byName(await stack.export()).keys()].filter((name) => name === "one" || name === "two");
      assert.equal(made.length, 1);
      await write(addresses(host) + (made[0] === "one" ? one : two));
      assert.match((await stack.up()).stdout, /1 unchanged|2 unchanged/);
      await stack.destroy();
      assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before));
    });

    it("whose owner comes later in the program: both are named all the same", async () => {
      const host = site.host();
      const one = (options = ""): string =>
        `new PolicyRule("one", { connection, priority: 1000, table: 1, from: "198.51.100.1" }${options});`;
      const { stack, write } = await site.project(addresses(host) + one());
      await stack.up();
      const { id } = await resource(stack, "one");
      await write(
        `${addresses(host)}const two = new PolicyRule("two", { connection: other, priority: 1000, table: 2, from: "198.51.100.1" });${one(", { dependsOn: two }")}`,
      );
      const { stdout } = await stack.up([], { expectFailure: true });
      assert.match(stdout, both);
      assert.ok(stdout.includes(String(id)), stdout);
      await write(addresses(host) + one());
      await stack.up(["--refresh"]);
      // Displaced, it stood all the time, and stands.
      assert.match((await rules(host)).join("\n"), /^1000 from 198\.51\.100\.1 lookup 1 proto 21[45]$/);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("renamed, swapped, replaced and gathered into one resource under the other address, with a refresh: no gap, no complaint", async () => {
      const host = site.host();
      const rule = (name: string, by: string, priority: number, table: number, options = ""): string =>
        `new PolicyRule("${name}", { connection: ${by}, priority: ${priority}, table: ${table}, from: "198.51.100.${table}" }${options});`;
      const at = (priority: number, table: number): string => `${priority} from 198.51.100.${table} lookup ${table} proto 214`;
      const { stack, write } = await site.project(addresses(host) + rule("a", "connection", 1000, 1) + rule("b", "connection", 1001, 2));
      await stack.up();
      await write(addresses(host) + rule("renamed", "other", 1000, 1) + rule("b", "other", 1001, 2));
      await stack.up(["--refresh"]);
      assert.deepEqual(await rules(host), [at(1000, 1), at(1001, 2)]);
      await write(addresses(host) + rule("renamed", "other", 1001, 1) + rule("b", "connection", 1000, 2));
      await stack.up();
      assert.deepEqual(await rules(host), [at(1000, 2), at(1001, 1)]);
      const anew = `, { replaceOnChanges: ["table"] }`;
      await write(addresses(host) + rule("renamed", "other", 1001, 3, anew) + rule("b", "connection", 1000, 4, anew));
      await stack.up();
      assert.deepEqual(await rules(host), [at(1000, 4), at(1001, 3)]);
      await write(`${addresses(host)}new HostRouting("all", { connection: other, rules: {
      one: { priority: 1000, table: 4, from: "198.51.100.4" }, two: { priority: 1001, table: 3, from: "198.51.100.3" } } });`);
      await stack.up(["--refresh"]);
      assert.deepEqual(await rules(host), [at(1000, 4), at(1001, 3)]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });
  });
