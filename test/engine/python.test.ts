// A program in Python, by the SDK that Pulumi's generator makes of the plugin's schema.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { stringify } from "yaml";
import { openStack, writeProgram } from "../engine-cli/engine";
import { ensurePython, lacksPython, type PythonHost } from "../engine-cli/python";
import { routes, rules } from "./host";
import { useSite } from "./site";

describe("a program in Python", function () {
  this.timeout(600_000);
  const site = useSite("python", 1);
  let python: PythonHost | undefined;
  before(async function () {
    const lacks = await lacksPython();
    if (lacks !== undefined) {
      console.log(`    skipped: ${lacks}`);
      this.skip();
    }
    python = await ensurePython();
  });

  it("declares a host and a rule by typed arguments; again there is nothing to do; a mistake is told in the words of TypeScript", async () => {
    assert.ok(python !== undefined);
    const { virtualenv, env } = python;
    const host = site.host();
    const [, { device, address, gateway, prefix }] = host.uplinks;
    const empty = await host.snapshot();
    const { user, privateKeyPath, knownHostsPath } = host.connection;
    const program = (priority: number): string => `
import pulumi
import pulumi_policyrouting as policyrouting

connection = policyrouting.ConnectionArgs(
    host="${host.address}", user="${user}", private_key_path="${privateKeyPath}", known_hosts_path="${knownHostsPath}",
)
host = policyrouting.HostRouting(
    "host",
    connection=connection,
    tables={"isp2": {"table_id": 102, "name": "isp2"}},
    routes={
        "link": {"destination": "${prefix}", "dev": "${device}", "src": "${address}", "table": 102},
        "uplink": {"destination": "default", "via": "${gateway}", "dev": "${device}", "table": 102},
    },
    rules={"source": {"priority": 1000, "from_": "${address}", "table": 102}},
)
to = policyrouting.PolicyRule(
    "to", connection=connection, priority=${priority}, to="${address}", table=host.tables["isp2"].table_id
)
pulumi.export("persisted", to.persisted)
`;
    const { folder, write, remove } = await writeProgram({
      "Pulumi.yaml": stringify({
        name: "python-test",
        runtime: { name: "python", options: { virtualenv } },
        plugins: { providers: [{ name: "policyrouting", path: join(__dirname, "../../provider/bin") }] },
      }),
      "__main__.py": program(1001),
    });
    try {
      const stack = await openStack({ program: folder, env });
      try {
        await stack.up();
        assert.deepEqual(await rules(host), [
          `1000 from ${address} lookup 102 proto 214`,
          `1001 from all to ${address} lookup 102 proto 214`,
        ]);
        assert.equal((await routes(host, 102)).length, 2);
        await stack.preview(["--expect-no-changes"]);
        await stack.refresh(["--expect-no-changes"]);
        await write({ "__main__.py": program(99_999) });
        const { stdout } = await stack.preview([], { expectFailure: true });
        assert.match(stdout, /priority: expected a whole number from 1 to 32765, got 99999/);
        await stack.destroy();
        assert.equal(await host.snapshot(), empty);
      } finally {
        await stack.remove();
      }
    } finally {
      await remove();
    }
  });
});
