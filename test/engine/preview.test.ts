// What a person sees before anything happens.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { rules } from "./host";
import { connection, doors, useSite } from "./site";
import { detail, resource, steps } from "./state";

/** An output that no preview knows: a resource of another provider, seen from here. */
const late = `
class Late extends pulumi.dynamic.Resource {
  declare readonly value: pulumi.Output<any>;
  constructor(name: string, given: unknown) {
    super({ create: async (inputs: { given: unknown }) => ({ id: "late", outs: { ...inputs, value: inputs.given } }) }, name, { given, value: undefined });
  }
}
`;

for (const door of doors)
  describe(`a preview, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("preview", 3, door);

    it("passes on what is not known yet, at any depth, and checks the rest", async () => {
      const host = site.host();
      const { address } = host.uplinks[1];
      const { stack, write } = await site.project(`${late}${connection(host)}
      const late = (name: string, given: unknown) => new Late(name, given).value;
      const there = { ...connection, host: late("host", connection.host) };
      new PolicyRule("host-unknown", { connection: there, table: 1, priority: 1000, from: "${address}" });
      new PolicyRule("from-unknown", { connection, table: late("table", 2), priority: late("priority", 1001), from: late("from", "${address}") });
      new PolicyRule("whole-unknown", { connection: late("connection", connection), table: 3, priority: 1002, from: "${address}" });
      new PolicyRule("element-unknown", {
        connection, table: 4, priority: 1003, from: "${address}",
        guard: { probes: [{ route: "${host.uplinks[0].gateway}", dev: "eth0" }, { route: late("destination", "${host.uplinks[1].gateway}"), dev: "eth1", expect: true }] },
      });
      new PolicyRoute("route-unknown", { connection, table: 5, destination: "default", via: late("via", "${host.uplinks[1].gateway}") });
      const second = new PolicyRule("unknown-table-of-another", { connection, table: new RoutingTable("t", { connection, tableId: 77, name: "t77" }).tableId, priority: 1004, from: "${address}" });
      export const table = second.table;`);
      const preview = await stack.previewJson();
      assert.deepEqual(
        preview.diagnostics.filter(({ severity }) => severity === "error"),
        [],
      );
      assert.equal(Object.values(steps(preview.steps)).filter((op) => op === "create").length, 7);
      assert.equal(preview.steps.find(({ urn }) => urn.endsWith("unknown-table-of-another"))?.newState?.inputs?.["table"], 77);
      assert.equal(await host.countLogins(), 0);

      await stack.up();
      assert.equal((await rules(host)).length, 5);
      assert.deepEqual(await stack.outputs(), { table: 77 });

      // What is known is checked although the rest is not.
      await write(`${late}${connection(host)}
      new PolicyRule("wrong", { connection: { ...connection, host: new Late("other", "x").value }, table: 0, priority: 99999, from: new Late("from2", "x").value, family: "inet" });`);
      const { stdout } = await stack.preview([], { expectFailure: true });
      assert.match(stdout, /priority: /);
      assert.match(stdout, /table: /);
    });

    it("shows each changed field and nothing else, and every change is an update in place", async () => {
      const host = site.host();
      const { prefix, gateway, address } = host.uplinks[1];
      const rule = (fields: string, login = "connection"): string => `new PolicyRule("rule", { connection: ${login}, ${fields} });`;
      const route = (fields: string): string => `new PolicyRoute("route", { connection, ${fields} });`;
      const program = (ruleFields: string, routeFields: string, tableFields: string): string =>
        `${connection(host)}${rule(ruleFields)}${route(routeFields)}new RoutingTable("table", { connection, ${tableFields} });`;
      const { stack, write } = await site.project(
        program(
          `priority: 1000, table: 5, from: "${address}"`,
          `table: 5, destination: "${prefix}", dev: "eth1"`,
          `tableId: 5, name: "five"`,
        ),
      );
      await stack.up();

      await write(
        program(
          `priority: 1010, table: 6, from: "198.51.100.1", iif: "eth0", fwmark: 1`,
          `table: 6, destination: "default", dev: "eth1", via: "${gateway}", metric: 10`,
          `tableId: 6, name: "six"`,
        ),
      );
      const preview = await stack.previewJson();
      assert.deepEqual(steps(preview.steps), { rule: "update", route: "update", table: "update" });
      assert.deepEqual(detail(preview.steps, "rule"), { priority: "update", table: "update", from: "update", iif: "add", fwmark: "add" });
      assert.deepEqual(detail(preview.steps, "route"), { table: "update", destination: "update", via: "add", metric: "add" });
      assert.deepEqual(detail(preview.steps, "table"), { tableId: "update", name: "update" });
      const { stdout } = await stack.preview(["--diff"]);
      assert.match(stdout, /~ priority: 1000 => 1010/);
      assert.match(stdout, /\+ fwmark\s*: "0x1\/0xffffffff"/);
      assert.doesNotMatch(stdout, /privateKeyPath|machineId|__provider/, "what stays is not shown");
      const { id } = await resource(stack, "rule");
      await stack.up();
      assert.equal((await resource(stack, "rule")).id, id, "updated in place");
      assert.deepEqual(await rules(host), ["1010 from 198.51.100.1 fwmark 0x1 iif eth0 lookup 6 proto 214"]);
      assert.match(await host.exec("cat /etc/iproute2/rt_tables.d/*.conf"), /^6 six$/m);
      assert.doesNotMatch(await host.exec("cat /etc/iproute2/rt_tables.d/*.conf"), /^5 five$/m);

      // The family too: the key changes with it.
      await write(
        program(
          `priority: 1010, table: 6, family: "inet6"`,
          `table: 6, destination: "2001:db8:9::/48", dev: "eth1"`,
          `tableId: 6, name: "six"`,
        ),
      );
      const family = await stack.previewJson();
      assert.deepEqual(steps(family.steps), { rule: "update", route: "update" });
      assert.deepEqual(detail(family.steps, "rule"), { from: "delete", iif: "delete", fwmark: "delete", family: "update" });
      await stack.up();
      assert.deepEqual(await rules(host), []);
      assert.match(await host.exec("ip -6 rule"), /^1010:.*lookup (6|six) proto 214$/m);
      assert.match(await host.exec("ip -6 route show table 6"), /^2001:db8:9::\/48 dev eth1/);
      assert.equal((await resource(stack, "rule")).id, id);
      await stack.preview(["--expect-no-changes"]);
    });

    it("equal meanings are no change", async () => {
      const { stack, write } = await site.project(
        `const connection = { host: "unreachable.invalid" };
      new PolicyRule("rule", { connection, priority: 1000, table: 254, from: "0.0.0.0/0", to: "198.51.100.7/24", fwmark: 255 });`,
      );
      const first = await stack.previewJson();
      // Not of a connection's flags: one that is off goes before a default that is on.
      await write(`const connection = { host: "unreachable.invalid" };
      new PolicyRule("rule", { connection, priority: 1000, table: "main", to: "198.51.100.0/24", fwmark: "0xff/0xffffffff", adopt: false, guard: {}, not: false });`);
      const second = await stack.previewJson();
      const inputs = ({ steps: all }: typeof first): unknown => all.find(({ urn }) => urn.endsWith("::rule"))?.newState?.inputs;
      assert.deepEqual(inputs(second), inputs(first));
    });

    it("changes nothing on a host: not for what is new, changed, drifted or gone", async () => {
      const host = site.host();
      const program = (table: number, more = ""): string => `${connection(host)}
      new PolicyRule("rule", { connection, priority: 1000, table: ${table}, from: "198.51.100.1" });
      const whole = new HostRouting("whole", { connection, rules: { one: { priority: 1100, table: ${table}, from: "198.51.100.2" } } });
      ${more}
      export const [persisted, applied] = [whole.persisted, whole.appliedAt];`;
      const { stack, write } = await site.project(program(5));
      const empty = await host.snapshot();
      await stack.preview();
      assert.equal(await host.snapshot(), empty);
      await stack.up();
      await host.exec(
        "ip rule add pref 1000 from 198.51.100.9 table 9 proto 214; ip rule del pref 1000 from 198.51.100.1; ip rule del pref 1100",
      );
      const before = await host.snapshot();
      await write(program(6, 'new PolicyRule("new", { connection, priority: 1200, table: 5, from: "198.51.100.3" });'));
      await stack.preview();
      await stack.preview(["--refresh"]);
      assert.equal(await host.snapshot(), before);
    });
  });
