// `pulumi import` by the plugin: what stands on a host comes into the state read-only, and the next up takes it over.
// One door: dynamic resources cannot be imported.
import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { watchRules } from "./monitor";
import { type Project, useSite } from "./site";
import { byName, detail, resource, steps } from "./state";

describe("an import by the plugin", function () {
  this.timeout(300_000);
  const site = useSite("import", 4, "plugin");
  let home = "";
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "policy-routing-import-"));
  });
  after(() => rm(home, { recursive: true, force: true }));

  /** An id says the address alone: how to log in stands in the person's configuration of ssh. */
  async function open(host: Host, body: string): Promise<Project> {
    await mkdir(join(home, ".ssh"), { recursive: true });
    const { user, privateKeyPath, knownHostsPath } = host.connection;
    const login = `Host ${host.address}\n  User ${user}\n  IdentityFile ${privateKeyPath}\n  UserKnownHostsFile ${knownHostsPath}\n`;
    await writeFile(join(home, ".ssh", "config"), login, { flag: "a" });
    return site.project(`const connection = { host: "${host.address}" };\n${body}`, { env: { HOME: home } });
  }
  const bring = ({ stack }: Project, type: string, name: string, id: string, options = {}) =>
    stack.run(
      [
        "import",
        `policyrouting:index:${type}`,
        name,
        id,
        "--yes",
        "--skip-preview",
        "--protect=false",
        "--generate-code=false",
        "--stack",
        stack.name,
      ],
      options,
    );

  it("a foreign rule: nothing is changed by it, a refresh keeps it, the next up takes it over without a moment without it, and it is ours then", async () => {
    const host = site.host();
    await host.exec("ip rule add pref 1500 from 198.51.100.7 table 9 proto static");
    const before = await host.snapshot();
    const project = await open(host, "");
    const { stack } = project;
    await bring(project, "PolicyRule", "rule", `${host.address}/rule/inet/1500`);
    assert.equal(await host.snapshot(), before);
    const { inputs = {} } = await resource(stack, "rule");
    assert.deepEqual([inputs["from"], inputs["table"], inputs["priority"], inputs["adopt"]], ["198.51.100.7", 9, 1500, "same"]);
    await project.write(`const connection = { host: "${host.address}" };
      new PolicyRule("rule", { connection, priority: 1500, from: "198.51.100.7", table: 9, adopt: "same" });`);
    await stack.refresh(["--expect-no-changes"]);
    const preview = await stack.previewJson();
    assert.deepEqual(steps(preview.steps), { rule: "update" });
    assert.deepEqual(detail(preview.steps, "rule"), { persisted: "update" });
    const watch = await watchRules(host);
    await stack.up();
    assert.ok((await watch.end()).every((moment) => moment.some((line) => line.startsWith("1500 from 198.51.100.7 lookup 9"))));
    assert.deepEqual(await rules(host), ["1500 from 198.51.100.7 lookup 9 proto 214"]);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    await stack.destroy();
    assert.deepEqual(await rules(host), []);
  });

  it("a route, a next hop and a table's name, and each of them goes with destroy once it was taken over", async () => {
    const host = site.host();
    const { gateway } = host.uplinks[1];
    const empty = await host.snapshot();
    await host.exec(`ip route add 203.0.113.0/24 via ${gateway} metric 7 table 9 proto static; ip nexthop add id 5 blackhole proto static`);
    const project = await open(host, "");
    const { stack } = project;
    await bring(project, "PolicyRoute", "route", `${host.address}/route/inet/9/203.0.113.0/24`);
    await bring(project, "NextHop", "hop", `${host.address}/nexthop/5`);
    await project.write(`const connection = { host: "${host.address}" };
      new PolicyRoute("route", { connection, destination: "203.0.113.0/24", via: "${gateway}", dev: "eth1", metric: 7, table: 9, adopt: "same" });
      new NextHop("hop", { connection, nhid: 5, blackhole: true, adopt: "same" });`);
    await stack.up(["--diff"]);
    await stack.refresh(["--expect-no-changes"]);
    await stack.preview(["--expect-no-changes"]);
    await stack.destroy();
    assert.equal(await host.snapshot(), empty);
  });

  it("a state that was lost: what the register names as the stack's own comes back under its id, with nothing to do", async () => {
    const host = site.host();
    const body = `new PolicyRule("rule", { connection, priority: 1000, from: "198.51.100.1", table: 7 });
      new RoutingTable("table", { connection, tableId: 7, name: "seven" });`;
    const project = await open(host, body);
    const { stack } = project;
    await stack.up();
    const lost = byName(await stack.export());
    const before = await host.snapshot();
    for (const name of ["rule", "table"]) await stack.run(["state", "delete", lost.get(name)?.urn ?? "", "--yes", "--stack", stack.name]);
    await bring(project, "PolicyRule", "rule", `${host.address}/rule/inet/1000`);
    await bring(project, "RoutingTable", "table", `${host.address}/table/7`);
    const found = byName(await stack.export());
    for (const name of ["rule", "table"]) assert.equal(found.get(name)?.id, lost.get(name)?.id);
    await stack.up(["--expect-no-changes"]);
    assert.equal(await host.snapshot(), before);
    await stack.destroy();
    assert.deepEqual(await rules(host), []);
  });

  it("an id of another form, nothing at that place, and two rules there are told as such, and nothing comes into the state", async () => {
    const host = site.host();
    await host.exec("ip rule add pref 1600 from 198.51.100.7 table 9; ip rule add pref 1600 from 198.51.100.8 table 8");
    const project = await open(host, "");
    const refused = async (id: string, words: RegExp): Promise<void> => {
      const { stdout, stderr } = await bring(project, "PolicyRule", "rule", id, { expectFailure: true });
      assert.match(stdout + stderr, words);
    };
    await refused(`${host.address}/1600`, /is no id of a PolicyRule[\s\S]*HOST\/rule\/inet\/1000/);
    await refused(`${host.address}/rule/inet/1599`, /does not exist/);
    await refused(`${host.address}/rule/inet/1600`, /2 of them stand there/);
    assert.deepEqual(
      [...byName(await project.stack.export()).keys()].filter((name) => name === "rule"),
      [],
    );
  });
});
