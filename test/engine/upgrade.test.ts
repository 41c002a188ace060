// A state that an older version of this package wrote, met by the present one.
import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ownLine } from "../../provider/src/kernel/register";
import type { Host } from "../lab/lab";
import { routes, rules, withoutTokens } from "./host";
import { connection, useSite } from "./site";
import { resource } from "./state";

const id = (host: Host, place: string): string => `${host.address}/${place}#fixture0`;
const stackName = "organization/engine-test/test";

/** The host as schema 1 left it: what `up` of this program did then, and the register that it wrote. */
async function bringAbout(host: Host): Promise<void> {
  await host.batch(["rule add pref 1000 from 198.51.100.1 table 7 proto 214", "route add 203.0.113.0/24 dev eth1 table 7 proto 214"]);
  const owner = (place: string) => ({ id: id(host, place), stack: stackName });
  const register = [
    ownLine("rule inet 1000", owner("rule/inet/1000")),
    ownLine("route inet table 7 203.0.113.0/24", owner("route/inet/7/203.0.113.0/24")),
  ];
  const name = `# pulumi-policy-routing\t${id(host, "table/7")}\t${stackName}\n# made \n7 seven\n`;
  await host.exec("mkdir -p -m 700 /run/policy-routing && cat >/run/policy-routing/register", { input: `${register.join("\n")}\n` });
  await host.exec("cat >/etc/iproute2/rt_tables.d/policy-routing-7.conf", { input: name });
}

const program = (host: Host, table = 7): string => `${connection(host)}
  new RoutingTable("table", { connection, tableId: 7, name: "seven" });
  new PolicyRule("rule", { connection, priority: 1000, table: ${table}, from: "198.51.100.1" });
  new PolicyRoute("route", { connection, table: 7, destination: "203.0.113.0/24", dev: "eth1" });`;

describe("a state of schema 1", function () {
  this.timeout(180_000);
  const site = useSite("upgrade", 1);

  it("plans nothing when nothing changed, and is refreshed, updated and destroyed", async () => {
    const host = site.host();
    const before = await host.snapshot();
    await bringAbout(host);
    const { stack, write } = await site.project(program(host));
    const template = await readFile(join(__dirname, "fixtures", "schema-1.json"), "utf8");
    const values: Record<string, string> = {
      HOST: host.address,
      KEY: host.keyPath,
      KNOWN_HOSTS: host.knownHostsPath,
      MACHINE: (await host.exec("cat /etc/machine-id")).trim(),
    };
    const folder = await mkdtemp(join(tmpdir(), "policy-routing-state-"));
    try {
      const file = join(folder, "state.json");
      await writeFile(
        file,
        template.replaceAll(/\{\{([A-Z_]+)\}\}/g, (_all, name: string) => values[name] ?? `no ${name}`),
      );
      await stack.run(["stack", "import", "--file", file, "--stack", stack.name]);
    } finally {
      await rm(folder, { recursive: true });
    }
    const logins = await host.countLogins();
    await stack.preview(["--expect-no-changes"]);
    assert.equal(await host.countLogins(), logins);
    await stack.refresh(["--expect-no-changes"]);

    await write(program(host, 8));
    await stack.up();
    assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 8 proto 214"]);
    assert.equal((await routes(host, 7)).length, 1);
    assert.equal((await resource(stack, "rule")).id, id(host, "rule/inet/1000"));
    await stack.destroy();
    assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before));
  });
});
