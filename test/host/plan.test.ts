import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Host, type Lab, startLab } from "../lab/lab";
import { run } from "../lab/run";
import { connectionOf, previewOf, type Resource } from "./preview";

const main = join(__dirname, "../../provider/dist/cli/main.js");

describe("policy-routing plan", () => {
  let lab: Lab;
  let host: Host;
  let folder: string;
  before(async () => {
    lab = await startLab({ name: "test-host-plan" });
    host = lab.hosts[0];
    folder = await mkdtemp(join(tmpdir(), "test-host-plan-"));
  });
  after(async () => {
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const plan = async (resources: readonly Resource[], name = host.address) => {
    const file = join(folder, "plan.json");
    await writeFile(file, previewOf(resources));
    return run([process.execPath, main, "plan", name, file]);
  };

  it("prints commands that do it and their undo, which takes it back, and changes nothing itself", async () => {
    const { address, gateway, device, prefix } = host.uplinks[1];
    const connection = connectionOf(host);
    const clean = await host.snapshot();
    const { code, stdout, stderr } = await plan([
      {
        kind: "HostRouting",
        name: "edge",
        after: {
          connection,
          nexthops: { isp: { nhid: 7, via: gateway, dev: device } },
          routes: {
            link: { destination: prefix, dev: device, src: address, table: 102 },
            gate: { family: "inet", destination: "default", nhid: 7, table: 102 },
          },
        },
      },
      { kind: "PolicyRule", name: "from", after: { connection, family: "inet", priority: 1000, from: address, table: 102 } },
    ]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(await host.snapshot(), clean);
    const [first = "", ...others] = stdout.split(/^# undo of .*$/m);
    assert.equal(first.split("\n").filter((line) => line.startsWith("ip ")).length, 4, stdout);
    await host.exec(first);
    assert.match(await host.snapshot(), new RegExp(`from ${address.replaceAll(".", "\\.")}`));
    await host.exec(`${others.join("\n").replace(/^ip .*$/gm, "$& || :")}`);
    assert.equal(await host.snapshot(), clean);
  });

  it("shows what a device has now where a rule or a route follows it, and which one has nothing yet", async () => {
    const connection = connectionOf(host);
    const rule = (name: string, priority: number, device: string): Resource => ({
      kind: "PolicyRule",
      name,
      after: { connection, family: "inet", priority, from: { addressesOf: device }, table: 102 },
    });
    const route = (name: string, device: string): Resource => ({
      kind: "PolicyRoute",
      name,
      after: { connection, family: "inet", destination: "default", via: { gatewayOf: device }, table: device === "eth0" ? 102 : 103 },
    });
    const { code, stdout } = await plan([
      rule("second", 1000, "eth1"),
      rule("later", 1001, "tun9"),
      route("way", "eth0"),
      route("later way", "tun9"),
    ]);
    assert.equal(code, 0);
    const { address } = host.uplinks[1];
    assert.match(stdout, new RegExp(`^#   ip -4 rule pref 1000 from @eth1 table 102: eth1 has ${address} now$`, "m"));
    assert.match(stdout, new RegExp(`^ip -4 rule add pref 1000 from ${address} table 102 proto 214$`, "m"));
    assert.match(stdout, /^# PolicyRule later: nothing to do\n# {3}pending: tun9 has no IPv4 address yet$/m);
    const { gateway } = host.uplinks[0];
    assert.match(stdout, new RegExp(`^#   ip -4 route default via @eth0 table 102: eth0 has the gateway ${gateway} now$`, "m"));
    assert.match(stdout, new RegExp(`^ip -4 route add default via ${gateway} dev eth0 table 102 onlink proto 214$`, "m"));
    assert.match(stdout, /^# PolicyRoute later way: nothing to do\n# {3}pending: tun9 has no IPv4 gateway yet$/m);
  });

  it("names what stands there in the stack's name under ids that the state does not know, unless the preview leaves some out", async () => {
    const lines = ["edge#1", "lost#2"].map((id) => `rule inet ${id === "edge#1" ? 1000 : 1100}\t${id}\torganization/test/test\n`);
    await host.exec("mkdir -m 700 -p /run/policy-routing; cat >/run/policy-routing/register", {
      input: `${lines.join("")}rule inet 1200\tother#3\torganization/test/other\n`,
    });
    const rule = { connection: connectionOf(host), family: "inet", priority: 1000, from: "198.51.100.1", table: 102 };
    const resources = [{ kind: "PolicyRule", name: "edge", before: rule, after: rule }];
    const { stdout, code } = await plan(resources);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^# lost#2 owns one entry \(rule inet 1100\) and is in no state of its stack\n# {3}declare the same once more: pulumi up takes it over/m,
    );
    assert.doesNotMatch(stdout, /edge#1 owns|other#3/);
    const file = join(folder, "partly.json");
    await writeFile(file, previewOf(resources, { changeSummary: { same: 5 } }));
    const partly = await run([process.execPath, main, "plan", host.address, file]);
    assert.doesNotMatch(partly.stdout, /lost#2/);
    await host.exec("rm -r /run/policy-routing");
  });

  it("says what would be taken over; what only adopt: true would take over is refused, with both sides", async () => {
    await host.batch(["rule add pref 1000 from 203.0.113.10 table 102", "rule add pref 1001 from 198.51.100.10 table 101"]);
    const before = await host.snapshot();
    const [connection, family, adopt] = [connectionOf(host), "inet", "same"];
    const { code, stdout, stderr } = await plan([
      { kind: "PolicyRule", name: "one", after: { connection, adopt, family, priority: 1000, from: "203.0.113.10", table: 102 } },
      { kind: "PolicyRule", name: "two", after: { connection, adopt, family, priority: 1001, from: "198.51.100.11", table: 101 } },
    ]);
    assert.equal(await host.snapshot(), before);
    await host.batch(["rule del pref 1000", "rule del pref 1001"]);
    assert.equal(code, 1);
    assert.match(stdout, /^# PolicyRule one\n# {3}takes over ip -4 rule pref 1000 from 203\.0\.113\.10 table 102 \(proto 0\)\n/m);
    assert.match(stderr, /PolicyRule two will be refused: .* there ip .*198\.51\.100\.10 .*; declared ip .*198\.51\.100\.11 table 101/);
  });

  it("says what will be refused, and which hosts there are", async () => {
    const resources = [
      { kind: "PolicyRule", name: "away", after: { connection: connectionOf(host), family: "inet", priority: 900, action: "unreachable" } },
    ];
    const { code, stdout, stderr } = await plan(resources);
    assert.equal(code, 1);
    assert.match(stdout, /^# PolicyRule away\nip -4 rule add pref 900 unreachable proto 214\n/);
    assert.match(stderr, /refused, nothing was changed: how replies to this connection leave would change/);
    const other = await plan(resources, "edge-9");
    assert.equal(other.code, 2);
    assert.match(other.stderr, new RegExp(`there is no host edge-9 in it: ${host.address.replaceAll(".", "\\.")}`));
    const file = join(folder, "none.json");
    await writeFile(file, previewOf([], { changeSummary: { same: 2 } }));
    const none = await run([process.execPath, main, "plan", "edge-9", file]);
    assert.match(none.stderr, /in it: it names none; the preview leaves out 2 unchanged resources: run it with --show-sames\n/);
  });
});
