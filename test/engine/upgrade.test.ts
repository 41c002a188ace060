// A state that an older version of this package wrote, met by the present one.
// One door: states of schema 1 are dynamic resources'. What the plugin answered is in test/host/recorded.test.ts.
import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterEach, describe, it } from "mocha";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import { long } from "../../provider/src/runtime/short";
import type { Stack } from "../engine-cli/engine";
import { commandAt } from "../host/command";
import type { Host } from "../lab/lab";
import { routes, rules, withoutTokens } from "./host";
import { connection, type Project, useSite } from "./site";
import { byName, detail, resource } from "./state";

const id = (host: Host, place: string): string => `${host.address}/${place}#fixture0`;
const stackName = "organization/engine-test/test";

/** What an older version left on a host: what `up` of the program did then, and the register that it wrote. */
interface Left {
  readonly fixture: string;
  readonly commands: readonly string[];
  /** Keys of the register with the ids that own them, and what else is remembered. */
  readonly owned: readonly (readonly [key: string, place: string, more?: string])[];
  readonly name: { readonly number: number; readonly text: string; readonly place: string };
}

async function bringAbout(host: Host, { commands, owned, name }: Left): Promise<void> {
  await host.exec(commands.map((words) => `ip ${words}`).join(" && "));
  const register = owned.map(([key, place, more]) => [key, id(host, place), stackName, ...(more === undefined ? [] : [more])].join("\t"));
  const file = `# pulumi-policy-routing\t${id(host, name.place)}\t${stackName}\n# made \n${name.number} ${name.text}\n`;
  await host.exec("mkdir -p -m 700 /run/policy-routing && cat >/run/policy-routing/register", { input: `${register.join("\n")}\n` });
  await host.exec(`cat >/etc/iproute2/rt_tables.d/policy-routing-${name.number}.conf`, { input: file });
}

/** The engine's state, with the values of this lab. */
async function bringState(host: Host, stack: Stack, fixture: string): Promise<void> {
  const values: Record<string, string> = {
    HOST: host.address,
    KEY: host.keyPath,
    KNOWN_HOSTS: host.knownHostsPath,
    MACHINE: (await host.exec("cat /etc/machine-id")).trim(),
    GATEWAY: host.uplinks[1].gateway,
  };
  const template = await readFile(join(__dirname, "fixtures", fixture), "utf8");
  await importState(
    stack,
    template.replaceAll(/\{\{([A-Z_]+)\}\}/g, (_all, name: string) => values[name] ?? `no ${name}`),
  );
}

async function importState(stack: Stack, text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-state-"));
  try {
    const file = join(folder, "state.json");
    await writeFile(file, text);
    await stack.run(["stack", "import", "--file", file, "--stack", stack.name]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As the version behind it kept a whole host: each field of entries as a text that is deflated against nothing. */
async function keepDeflated(stack: Stack): Promise<void> {
  const state = await stack.export();
  const outs = byName(state).get("host")?.outputs ?? {};
  for (const name of ["nexthops", "routes", "rules", "expect", "reversePathFilter"])
    outs[name] = `deflated:${deflateRawSync(JSON.stringify(long(outs)[name])).toString("base64")}`;
  await importState(stack, JSON.stringify(state));
}

const history = (host: Host) => commandAt(host, "history");
const back = (host: Host, run: string) => rollback(host.connection, { run, why: "customer down", dryRun: false, mark: true, guard: {} });

describe("a state of schema 1", function () {
  this.timeout(180_000);
  const site = useSite("upgrade", 2);
  afterEach(() => closeHosts());

  /** Nothing is planned while nothing changes, without a login, and what is read is what is stored. */
  const takenOver = async (host: Host, left: Left, body: string): Promise<Project> => {
    await bringAbout(host, left);
    const project = await site.project(body);
    await bringState(host, project.stack, left.fixture);
    const logins = await host.countLogins();
    await project.stack.preview(["--expect-no-changes"]);
    assert.equal(await host.countLogins(), logins);
    await project.stack.refresh(["--expect-no-changes"]);
    return project;
  };

  it("plans nothing when nothing changed, and is refreshed, updated and destroyed", async () => {
    const host = site.host();
    const before = await host.snapshot();
    const program = (table = 7): string => `${connection(host)}
      new RoutingTable("table", { connection, tableId: 7, name: "seven" });
      new PolicyRule("rule", { connection, priority: 1000, table: ${table}, from: "198.51.100.1" });
      new PolicyRoute("route", { connection, table: 7, destination: "203.0.113.0/24", dev: "eth1" });`;
    const left: Left = {
      fixture: "schema-1.json",
      commands: ["rule add pref 1000 from 198.51.100.1 table 7 proto 214", "route add 203.0.113.0/24 dev eth1 table 7 proto 214"],
      owned: [
        ["rule inet 1000", "rule/inet/1000"],
        ["route inet table 7 203.0.113.0/24", "route/inet/7/203.0.113.0/24"],
      ],
      name: { number: 7, text: "seven", place: "table/7" },
    };
    const { stack, write } = await takenOver(host, left, program());
    const none = await history(host);
    assert.deepEqual([none.code, none.stdout], [1, "there is no history on this host\n"]);
    const found = await host.snapshot();
    await write(program(8));
    await stack.up([], { env: { POLICY_ROUTING_RUN: "bad" } });
    assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 8 proto 214"]);
    assert.equal((await routes(host, 7)).length, 1);
    assert.equal((await resource(stack, "rule")).id, id(host, "rule/inet/1000"));
    assert.match((await history(host)).stdout, /^1 {2}run bad {2}\S+ \S+ {2}organization\/engine-test\/test {2}\S+ {2}1 entry\n$/);
    // What the older version made is known by what the first change found there.
    assert.equal((await back(host, "bad")).outcome, "applied");
    assert.equal(await host.snapshot(), found);
    await stack.up(["--refresh"], { expectFailure: true });
    assert.equal(await host.snapshot(), found);
    await write(program());
    await stack.up(["--refresh"]);
    assert.equal(await host.snapshot(), found);
    await stack.destroy();
    assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before));
  });

  it("of a whole host and of a next hop: the same, and its settings of devices are put back", async () => {
    const host = site.host();
    const before = await host.snapshot();
    const gateway = host.uplinks[1].gateway;
    const program = (table = 8): string => `${connection(host)}
      new HostRouting("host", { connection, persist: "none", exclusive: true,
        tables: { eight: { tableId: 8, name: "eight" } },
        nexthops: { isp: { nhid: 70, via: "${gateway}", dev: "eth1" } },
        routes: {
          link: { destination: "203.0.113.0/24", dev: "eth1", table: 8 },
          gate: { family: "inet", destination: "default", nhid: 70, table: 8 },
        },
        rules: {
          from: { priority: 1100, from: "198.51.100.2", table: ${table} },
          v6: { priority: 1100, family: "inet6", fwmark: "0x8/0xff", action: "unreachable" },
        },
        reversePathFilter: { eth1: "loose" },
        arpIgnore: { eth1: "sameDevice" },
        expect: [{ to: "192.0.2.1", dev: "eth0" }],
        guard: { confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "eth0" }] } });
      new NextHop("nexthop", { connection, persist: "none", nhid: 71, dev: "eth1" });`;
    const sysctl = async (name: string): Promise<string> => (await host.exec(`sysctl -n net.ipv4.conf.eth1.${name}`)).trim();
    const stood = { filter: await sysctl("rp_filter"), arp: await sysctl("arp_ignore") };
    await host.exec("sysctl -qw net.ipv4.conf.eth1.rp_filter=2 net.ipv4.conf.eth1.arp_ignore=1");
    const left: Left = {
      fixture: "schema-1-whole.json",
      commands: [
        `nexthop add id 70 via ${gateway} dev eth1 proto 214`,
        "nexthop add id 71 dev eth1 proto 214",
        "route add 203.0.113.0/24 dev eth1 table 8 proto 214",
        "route add default nhid 70 table 8 proto 214",
        "rule add pref 1100 from 198.51.100.2 table 8 proto 214",
        "-6 rule add pref 1100 fwmark 0x8/0xff unreachable proto 214",
      ],
      owned: [
        ["nexthop 70", "routing"],
        ["route inet table 8 203.0.113.0/24", "routing"],
        ["route inet table 8 default", "routing"],
        ["rule inet 1100", "routing"],
        ["rule inet6 1100", "routing"],
        ["sysctl rp_filter eth1", "routing", `${stood.filter} 2`],
        ["sysctl arp_ignore eth1", "routing", `${stood.arp} 1`],
        ["nexthop 71", "nexthop/71"],
      ],
      name: { number: 8, text: "eight", place: "routing" },
    };
    const { stack, write } = await takenOver(host, left, program());
    await keepDeflated(stack);
    await stack.preview(["--expect-no-changes"]);
    await stack.refresh(["--expect-no-changes"]);
    assert.match(String((await resource(stack, "host")).outputs?.["rules"]), /^deflated-2:/);
    await keepDeflated(stack);
    await write(program(9));
    assert.deepEqual(detail((await stack.previewJson()).steps, "host"), { "rules.from.table": "update" });
    await stack.up();
    assert.deepEqual(await rules(host), ["1100 from 198.51.100.2 lookup 9 proto 214"]);
    assert.equal((await routes(host, 8)).length, 2);
    assert.equal((await resource(stack, "host")).id, id(host, "routing"));
    await stack.destroy();
    assert.equal(withoutTokens(await host.snapshot()), withoutTokens(before));
    assert.deepEqual({ filter: await sysctl("rp_filter"), arp: await sysctl("arp_ignore") }, stood);
  });
});
