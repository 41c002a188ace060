import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Result, run } from "../lab/run";
import { connectionOf, previewOf, type Resource } from "./preview";
import { create, remove } from "./resource";

const main = join(__dirname, "../../provider/dist/cli/main.js");

describe("policy-routing report --live", function () {
  this.timeout(60_000);
  let lab: Lab;
  let host: Host;
  let folder: string;
  before(async () => {
    lab = await startLab({ name: "test-host-report", hosts: 2 });
    host = lab.hosts[0];
    folder = await mkdtemp(join(tmpdir(), "test-host-report-"));
    // Who is called by a gateway has heard of it.
    await lab.internet.tcpConnect(host.uplinks[1].address, 22);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const report = async (resources: readonly Resource[], args: readonly string[] = [], more = {}): Promise<Result> => {
    const plan = join(folder, "plan.json");
    await writeFile(plan, previewOf(resources, more));
    return run([process.execPath, main, "report", plan, "--live", ...args]);
  };

  /** The second uplink gets a table of its own. */
  const second = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const { address, gateway, device, prefix } = host.uplinks[1];
    return {
      connection: connectionOf(host),
      routes: {
        link: { destination: prefix, dev: device, src: address, table: 102 },
        gate: { destination: "default", via: gateway, dev: device, table: 102 },
      },
      rules: { from: { priority: 1000, from: address, table: 102 } },
      ...more,
    };
  };

  it("says which replies move, before and after, and changes nothing on the host", async () => {
    const before = await host.snapshot();
    const { code, stdout, stderr } = await report([{ kind: "HostRouting", name: "edge", after: second() }], ["--fail-on", "risk"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, stdout);
    const [first, { address, device, gateway }] = host.uplinks;
    assert.ok(
      stdout.includes(
        `| \`replies from ${address} to anywhere (192.0.2.1)\` | \`by ${first.device} via ${first.gateway} (table main)\` | \`by ${device} via ${gateway} (table 102)\` |`,
      ),
      stdout,
    );
    assert.match(stdout, /entries: 3 added, 0 changed, 0 removed, 0 as they are/);
    assert.match(stdout, /#### `edge` \(`198\.[0-9.]+`\)/);
    assert.match(
      stdout,
      new RegExp(`ip -4 rule add pref 1000 from ${address} table 102 proto 214[\\s\\S]*Undo:[\\s\\S]*ip -4 rule del pref 1000 proto 214`),
    );
    assert.match(stdout, /1 looked up that go as before[\s\S]*replies to this SSH connection/);
    assert.equal(await host.snapshot(), before);
  });

  it("names a lost management path, an expectation that fails and a refusal as risks, first of all", async () => {
    await host.batch(["rule add pref 1002 from 192.0.2.9 table 102 proto 3"]);
    const { address } = host.uplinks[1];
    const { code, stdout } = await report(
      [
        {
          kind: "HostRouting",
          name: "edge",
          after: second({ expect: [{ from: address, to: "192.0.2.1", dev: host.uplinks[0].device }] }),
        },
        {
          kind: "PolicyRule",
          name: "away",
          after: { connection: connectionOf(host), family: "inet", priority: 900, action: "unreachable" },
        },
        {
          kind: "PolicyRule",
          name: "foreign",
          after: { connection: connectionOf(host), family: "inet", priority: 1002, from: "192.0.2.9", table: 102 },
        },
      ],
      ["--fail-on", "risk"],
    );
    assert.equal(code, 1);
    assert.match(stdout, /\*\*risk\*\*: `edge`: `refused, nothing was changed: how replies to this connection leave would change/);
    assert.match(
      stdout,
      /\*\*risk\*\*: `edge`: `PolicyRule foreign will be refused: rule inet 1002: a foreign rule says the same[^`]*\(next: /,
    );
    assert.match(stdout, /cannot tell: `which way packets go/);
    assert.match(stdout, /what comes after is shown `without what will be refused: PolicyRule foreign`/);
    await host.exec("ip rule del pref 1002");
    const alone = await report([
      { kind: "HostRouting", name: "edge", after: second({ expect: [{ from: address, to: "192.0.2.1", dev: host.uplinks[0].device }] }) },
    ]);
    assert.match(alone.stdout, /\*\*risk\*\*: `edge`: `expected 192\.0\.2\.1 from \S+ uid 0: dev eth0, but it is unicast dev eth1/);
  });

  it("takes a gateway of which the host has not heard, or that it asked in vain, for a risk, and sends it nothing", async () => {
    const { address, gateway, device } = host.uplinks[1];
    const nobody = gateway.replace(/[0-9]+$/, "77");
    const routes = { gate: { destination: "default", via: nobody, dev: device, table: 102 } };
    const about = async (): Promise<string> => {
      const { code, stdout } = await report([{ kind: "HostRouting", name: "edge", after: second({ routes }) }], ["--fail-on", "risk"]);
      assert.equal(code, 1);
      return stdout;
    };
    const asked = `gateway ${nobody} dev ${device}`;
    const next = `on the host: ping -c 1 -I ${device} ${nobody}`;
    const silent = await about();
    assert.ok(silent.includes(`${asked} is not known to answer`) && silent.includes(next), silent);
    assert.equal((await host.exec(`ip neigh show to ${nobody}`)).trim(), "", "the report itself asks nobody");
    await host.exec(`ping -c 1 -W 1 -I ${address} ${nobody} || true`);
    const inVain = await about();
    assert.ok(inVain.includes(`${asked} does not answer`), inVain);
  });

  it("says of two hosts of a program whether both directions fit, and packets fare so", async () => {
    const [, far] = lab.hosts;
    assert.ok(far !== undefined);
    // Between two uplinks of two hosts: each is beside the other host's same one, so that replies come by another way than packets go.
    const [from, to] = [host.uplinks[1].address, far.uplinks[0].address];
    // Beyond that, a provider drops what has a source of the other one, between its customers too.
    await Promise.all(lab.providers.map((provider) => provider.exec("nft delete table inet edge")));
    await host.exec("echo 1 >/proc/sys/net/ipv4/conf/eth1/rp_filter");
    const answers = async (words = "-W 1"): Promise<boolean> => (await host.result(`ping -c 1 ${words} -I ${from} ${to}`)).code === 0;
    const flows = join(folder, "both.jsonl");
    await writeFile(flows, `${JSON.stringify({ to, from, ipproto: "icmp" })}\n`);
    const other = {
      kind: "PolicyRule",
      name: "other",
      after: { connection: connectionOf(far), priority: 1000, from: "192.0.2.9", table: 102 },
    };
    const told = async (name: string, after: Record<string, unknown>, kind = "HostRouting"): Promise<string> =>
      (await report([{ kind, name, after }, other], ["--flows", flows])).stdout;

    assert.equal(await answers(), false);
    const mended = await told("edge", second());
    const line = mended.split("\n").find((one) => one.includes(" and back` |")) ?? mended;
    const [, what, before = "", now = ""] = line.split("|");
    assert.match(String(what), new RegExp(`${to} from ${from} .*, to ${far.address} and back`));
    assert.match(before, /by eth0 .*; in at \S+ by eth0; back: by eth1 .*; in again by eth1: dropped \(rp_filter of eth1 is 1 \(strict\)/);
    assert.match(now, /by eth1 via .*; in at \S+ by eth0; back: by eth1 .*; in again by eth1` $/);
    assert.doesNotMatch(mended, /no longer fits/);

    const made = await create("HostRouting", second({ persist: "none" }));
    // The far host may still ask for a neighbour that did not answer before, and drops what waits for it: -w sends until one comes back.
    assert.equal(await answers("-w 10"), true);
    const away = { connection: connectionOf(host), priority: 900, from, to, table: "main" };
    assert.match(await told("away", away, "PolicyRule"), /\*\*risk\*\*: .*, to \S+ and back: no longer fits: by eth0 .*: dropped/);
    const rule = await create("PolicyRule", { ...away, persist: "none" });
    assert.equal(await answers(), false);
    await remove(rule);
    await remove(made);
    await host.exec("echo 0 >/proc/sys/net/ipv4/conf/eth1/rp_filter");
  });

  it("calls tables by the names that the host and the program give them", async () => {
    await host.exec("mkdir -p /etc/iproute2/rt_tables.d && echo '102 second' >/etc/iproute2/rt_tables.d/test.conf");
    const there = await report([{ kind: "HostRouting", name: "edge", after: second() }]);
    assert.match(there.stdout, /\(table 102 second\)/);
    await host.exec("rm /etc/iproute2/rt_tables.d/test.conf");
    const declared = await report([
      { kind: "HostRouting", name: "edge", after: second({ tables: { isp: { tableId: 102, name: "isp2" } } }) },
    ]);
    assert.match(declared.stdout, /\(table 102 isp2\)/);
  });

  it("tells a host that does not answer, an unknown value and a secret as such, never as no change", async () => {
    const dead = { host: "127.0.0.1", port: 1, user: "root", password: "[secret]", insecureIgnoreHostKey: true };
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const same = { connection: dead, family: "inet", priority: 1000, from: "192.0.2.9", table: 100 };
    const { code, stdout } = await report(
      [
        { kind: "PolicyRule", name: "still", before: same, after: same },
        {
          kind: "HostRouting",
          name: "edge",
          before: second(),
          after: second({ rules: { from: { priority: 1000, from: unknown, table: 102 } } }),
        },
      ],
      ["--fail-on", "risk"],
    );
    assert.equal(code, 1);
    assert.match(stdout, /`127\.0\.0\.1:1`\n\n- cannot tell: `which way packets go: 127\.0\.0\.1/);
    assert.match(stdout, /cannot tell: `HostRouting edge: rules\.from\.from is not known yet`/);
    assert.ok(!stdout.includes("- ip -4 rule pref 1000"), "an entry that is not shown is not one that goes");
  });

  it("looks the user's flows up, and keeps passwords out of everything that it writes", async () => {
    const flows = join(folder, "flows.jsonl");
    await writeFile(flows, `{"to":"192.0.2.1","from":"${host.uplinks[1].address}","ipproto":"tcp","dport":443}\n`);
    const [markdown, html] = [join(folder, "report.md"), join(folder, "report.html")];
    const connection = { ...connectionOf(host), password: "hunter2-of-ours" };
    const { code, stdout } = await report(
      [{ kind: "HostRouting", name: "edge", after: second({ connection }) }],
      ["--flows", flows, "--markdown", markdown, "--html", html],
    );
    assert.equal(code, 0);
    assert.equal(stdout, "1 of 1 host changes\n");
    const texts = [await readFile(markdown, "utf8"), await readFile(html, "utf8")];
    assert.match(texts[0] ?? "", /`192\.0\.2\.1 from \S+ ipproto 6 dport 443` \| `by eth0/);
    for (const text of texts) assert.ok(!text.includes("hunter2"));
  });
});
