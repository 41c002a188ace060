import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as dynamic from "pulumi-policy-routing";
import * as plugin from "pulumi-policy-routing/plugin";

describe("a person's unit tests, with mocks as Pulumi's documents show them", () => {
  const declared = new Map<string, unknown>();
  const uplinks = {
    isp1: { device: "eth0", address: "198.51.100.10/24", gateway: "198.51.100.1", table: 101 },
    isp2: { device: "eth1", address: "203.0.113.10/24", gateway: "203.0.113.1", table: 102 },
  };
  const connection = { host: "192.0.2.9" };

  beforeEach(async () => {
    declared.clear();
    const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => {
      declared.set(name, inputs);
      return { id: `${name}-id`, state: inputs };
    };
    await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }, "project", "stack", false);
  });

  for (const [door, { MultihomedHost, PolicyRule }] of Object.entries({ dynamic, plugin })) {
    const build = async (): Promise<readonly string[]> => {
      const rule = new PolicyRule("rule", { connection, priority: 1000, from: "203.0.113.1", table: 1 });
      const edge = new MultihomedHost("edge", { connection: { host: "192.0.2.10" }, uplinks });
      return new Promise((resolve) => pulumi.all([edge.commands, rule.urn, edge.routing.urn]).apply(([commands]) => resolve(commands)));
    };
    for (const time of ["once", "and once more in the same process"])
      it(`${door}: a program is built ${time}`, async () => {
        const commands = await build();
        assert.ok(commands.includes("ip rule add pref 15102 from 203.0.113.10 table 102"));
        assert.deepEqual(Reflect.get(Object(declared.get("rule")), "from"), "203.0.113.1");
        assert.deepEqual(
          Reflect.get(Object(declared.get("rule")), "owner"),
          door === "dynamic" ? { stack: "organization/project/stack" } : undefined,
        );
      });
    it(`${door}: one key twice in one program is refused, as in a run`, () => {
      const rule = { connection, priority: 1000, table: 1 };
      new PolicyRule("one", { ...rule, from: "203.0.113.1" });
      assert.throws(() => new PolicyRule("two", { ...rule, from: "203.0.113.2" }), /both declare rule inet 1000/);
    });
  }
});
