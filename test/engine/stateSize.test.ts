// What a state says of where the program made a resource, and how large it is.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { objectsOf } from "../bench/objects";
import { directoryOf, labName } from "../lab/slots";
import { connection, doors, useSite } from "./site";
import { byName } from "./state";

/** Bytes of compact JSON, the half of a single entry being the engine's own record. A dynamic resource is read by its outputs alone: there what the inputs say stands again. */
const most = { dynamic: { one: 1945, whole: 3584 }, plugin: { one: 1434, whole: 2816 } };

for (const door of doors)
  describe(`a state, by the ${door} door`, function () {
    this.timeout(180_000);
    const name = "state-size";
    const site = useSite(name, 1, door);

    it("names the program's own line, in functions of it and behind a component of ours too, and is small", async () => {
      const host = site.host();
      const { routes, rules } = objectsOf(22);
      const [isp1, isp2] = host.uplinks.map(({ device, address, gateway, prefix }, index) => ({
        device,
        address: `${address}/${prefix.split("/")[1]}`,
        gateway,
        table: 101 + index,
      }));
      const { stack, folder } = await site.project(`${connection(host)}
        const shared = { connection, persist: "none" };
        const labelled = (entries, prefix) => Object.fromEntries(entries.map((entry, number) => [prefix + number, { ...entry, table: 100 }]));
        function madeByFunction(...args) {
          new RoutingTable(...args);
        }
        madeByFunction("byFunction", { ...shared, tableId: 7, name: "seven" });
        [8].forEach((tableId) => new RoutingTable("byCallback", { ...shared, tableId, name: "eight" }));
        const { tableId: table } = new RoutingTable("table", { ...shared, tableId: 200, name: "bench" });
        new PolicyRoute("route", { ...shared, ...${JSON.stringify(routes[1])}, table });
        new PolicyRule("rule", { ...shared, priority: 2000, from: "203.0.113.1", table });
        new HostRouting("whole", { ...shared, routes: labelled(${JSON.stringify(routes)}, "route"), rules: labelled(${JSON.stringify(rules)}, "rule") });
        ${door === "plugin" ? 'new Fleet("fleet", { hosts: { one: { connection, persist: "none", rules: {} } } });' : ""}
        new MultihomedHost("multihomed", { ...shared, uplinks: ${JSON.stringify({ isp1, isp2 })} });`);
      await stack.up();
      const program = (await readFile(join(folder, "index.js"), "utf8")).split("\n");
      const lineOf = (text: string): number => program.findIndex((line) => line.includes(text)) + 1;
      const { deployment } = await stack.export();
      const component = deployment.resources.filter(({ urn }) => urn.endsWith("::multihomed"));
      const state = byName(await stack.export());
      const frames = (calls: readonly string[]): object[] =>
        calls.map((call) => ({ sourcePosition: `project:///index.js#${lineOf(call)}` }));
      const stackOf = (one: Readonly<Record<string, unknown>> | undefined): unknown =>
        JSON.parse(JSON.stringify(one?.["stackTrace"]).replaceAll(/(#\d+),\d+/g, "$1"));
      for (const one of ["table", "route", "rule", "whole"]) assert.deepEqual(stackOf(state.get(one)), frames([`("${one}"`]), one);
      assert.deepEqual(stackOf(state.get("byFunction")), frames(["RoutingTable(...args)", `("byFunction"`]));
      assert.deepEqual(stackOf(state.get("byCallback")), [...frames([`("byCallback"`]), {}, ...frames([`("byCallback"`])]);
      assert.equal(component.length, 2);
      for (const one of component) assert.deepEqual(stackOf(one), frames([`("multihomed"`]), one.type);
      if (door === "plugin")
        assert.deepEqual(Object.keys(state.get("fleet") ?? {}).sort(), ["created", "custom", "modified", "parent", "type", "urn"]);
      assert.match(String(state.get("whole")?.["sourcePosition"]), new RegExp(`^project:///index\\.js#${lineOf('("whole"')},`));

      // The name of a checkout's lab stands in the paths of its keys.
      const lab = `engine-${name}${door === "plugin" ? "-p" : ""}`;
      for (const one of ["table", "route", "rule", "whole"]) {
        const size = Buffer.byteLength(JSON.stringify(state.get(one)).replaceAll(directoryOf(labName(lab)), directoryOf("engine")));
        const limit = most[door][one === "whole" ? "whole" : "one"];
        assert.ok(size <= limit, `the state of ${one} has ${size} bytes, of ${limit}: ${JSON.stringify(state.get(one))}`);
      }
    });
  });
