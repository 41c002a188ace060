import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { readStanding } from "../../provider/src/host/reading/standing";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Result, run } from "../lab/run";
import { commandAt, declaredBy } from "./command";
import { checked, create, read, remove } from "./resource";

const main = join(__dirname, "../../provider/dist/cli/main.js");

describe("policy-routing adopt", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;
  let clean: string;
  before(async () => {
    lab = await startLab({ name: "test-host-adopt" });
    host = lab.hosts[0];
    clean = await host.snapshot();
  });
  afterEach(async () => {
    closeHosts();
    await host.exec(
      "ip -4 rule flush; ip -6 rule flush; for id in 7 8; do ip nexthop del id $id 2>/dev/null || :; done; for t in 100 102 300; do ip route flush table $t; ip -6 route flush table $t; done; ip rule add pref 32766 lookup main proto 2; ip rule add pref 32767 lookup default proto 2; ip -6 rule add pref 32766 lookup main proto 2; rm -f /etc/network/interfaces /etc/iproute2/rt_tables.d/isp.conf",
    );
    assert.equal(await host.snapshot(), clean);
  });
  after(() => lab.stop());

  const adopt = (...args: string[]): Promise<Result> => commandAt(host, "adopt", ...args);
  const lookAll = (): Promise<string> =>
    host
      .exec("for f in 4 6; do ip -$f -d rule; ip -$f -d route show table all; done; ip -d nexthop")
      .then((text) => text.replaceAll(/ proto \S+/g, ""));

  it("what it prints takes over everything: only proto differs, in the same order, the next plan is empty, and there is no drift", async () => {
    const [first, { device, address, gateway, prefix }] = host.uplinks;
    await host.exec("mkdir -p /etc/network /etc/iproute2/rt_tables.d; echo '102 isp2' > /etc/iproute2/rt_tables.d/isp.conf");
    await host.exec(`cat > /etc/network/interfaces <<'END'
iface ${first.device} inet static
  gateway ${first.gateway}
iface ${first.device} inet6 static
  gateway 2001:db8:1::1
iface ${device} inet static
  post-up ip route add ${prefix} dev ${device} src ${address} table isp2
  post-up ip route add default via ${gateway} dev ${device} table isp2
  post-up ip rule add from ${address} table isp2
  post-up ip rule add fwmark 0x7/0xff table isp2 pref 900
END`);
    await host.exec(`. /dev/stdin <<'END'
ip route add ${prefix} dev ${device} src ${address} table isp2
ip route add default via ${gateway} dev ${device} table isp2
ip rule add from ${address} table isp2
ip rule add fwmark 0x7/0xff table isp2 pref 900
ip rule add pref 901 from 203.0.113.20 table 300 proto 4
ip rule add pref 901 from 203.0.113.21 table 300
ip rule add pref 950 from 10.1.2.3/8 to 198.51.100.0/24 lookup main suppress_prefixlength 0 proto 4
ip -6 rule add pref 950 iif ${device} blackhole
ip nexthop add id 7 via ${gateway} dev ${device}
ip -6 nexthop add id 8 dev ${device}
ip route add 198.51.100.0/24 nhid 7 table 100
ip -6 route add 2001:db8:98::/48 nhid 8 table 100
ip route add 203.0.113.0/24 table 100 nexthop dev ${device} nexthop via ${gateway} dev ${device} weight 3
ip route add 192.0.2.0/24 via ${gateway} dev ${device} table 100 metric 7 mtu lock 1400 proto 4
ip route add 192.0.2.0/25 via ${gateway} dev ${device} table 100 window lock 9000 ssthresh lock 12 initcwnd lock 10 initrwnd lock 8 advmss lock 1300
ip -6 route add 2001:db8:97::/48 via 2001:db8:2::1 dev ${device} table 100 window lock 9000 initcwnd lock 10
ip route add anycast 192.0.2.192/26 dev ${device} table 100
ip -6 route add unreachable 2001:db8:99::/48 table 100 metric 50
END`);
    const before = await lookAll();
    const snapshot = await host.snapshot();
    const { stdout, stderr, code } = await adopt();
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.equal(await host.snapshot(), snapshot);
    assert.match(stdout, /isp2-default: .* # live, proto boot; \/etc\/network\/interfaces:7/);
    assert.match(stdout, /isp2-from: \{ priority: [0-9]+, .* # live, proto unspec; \/etc\/network\/interfaces:8/);
    assert.match(stdout, /t300-from: \{ priority: 901, from: \[ 203\.0\.113\.20, 203\.0\.113\.21 \], /);
    assert.match(stdout, /isp2-mark: \{ priority: 900, .* # live, proto unspec; \/etc\/network\/interfaces:9/);
    assert.match(stdout, /# remove there, once pulumi up has taken over:\n# {3}\/etc\/network\/interfaces:6-9 \(/);
    assert.match(stdout, /# cannot be declared: nothing\n/);
    const made = await create("HostRouting", declaredBy(host, stdout));
    // The kernel does not look at host bits: it is said that they are cleared.
    assert.match(stdout, /10\.1\.2\.3\/8 .*: pulumi up clears its host bits/);
    assert.equal(await lookAll(), before.replace("10.1.2.3/8", "10.0.0.0/8"));
    const again = await read(made);
    assert.deepEqual(again, await checked("HostRouting", declaredBy(host, stdout)));
    assert.match(
      stdout,
      /ip -4 route default .* table 254; ip -6 route default .*\(default of table main: its manager makes it at every boot/,
    );
    const after = await adopt();
    assert.match(after.stdout, /declared already, by stack organization\/test\/host/);
    assert.match(
      stdout,
      /ip nexthop id 7; ip nexthop id 8 \(entries that are not ours yet go by it: take these over, then run adopt again\)/,
    );
    assert.match(after.stdout, /nexthops:\n {6}nexthop-7: \{ nhid: 7, via: .*\n {6}nexthop-8: \{ nhid: 8, family: inet6, dev: /);
    await remove(made);
  });

  it("leaves out what is another program's, and says what cannot be declared", async () => {
    const [, { device, gateway }] = host.uplinks;
    await host.exec(`. /dev/stdin <<'END'
ip rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
ip rule add pref 5260 to 203.0.113.88 lookup main
ip rule add pref 5260 to 10.89.0.0/24 lookup 300
ip rule add pref 5262 to 203.0.113.91 lookup main
ip rule add pref 5262 to 203.0.113.92 lookup main
ip route add 198.51.100.0/24 via ${gateway} dev ${device} table 300 proto bgp
ip nexthop add id 7 via ${gateway} dev ${device} proto zebra
ip route add 198.51.101.0/24 nhid 7 table 300 proto bgp
ip route add 192.0.2.0/24 via ${gateway} dev ${device} table 300 hoplimit lock 10
ip route add 203.0.113.0/24 via ${gateway} dev ${device} table 300
ip route append 203.0.113.0/24 dev ${device} table 300
ip rule add pref 0 to 203.0.113.89 lookup 300
ip rule add pref 40000 to 203.0.113.90 lookup 300
END`);
    const { stdout, code } = await adopt();
    assert.equal(code, 1, stdout);
    assert.match(stdout, /ip -4 rule pref 5210 fwmark 0x80000\/0xff0000 table 254 \(Tailscale: /);
    assert.match(stdout, /ip -4 route 198\.51\.100\.0\/24 .*\(FRR: /);
    assert.match(stdout, /nexthop 7 \(zebra: /);
    assert.match(
      stdout,
      /\(5260 holds 2 rules that differ in more than their prefixes: one of ours per priority\)\n# {3}- ip -4 rule add pref 5259 to 203\.0\.113\.88 /,
    );
    assert.match(stdout, /192\.0\.2\.0\/24 .*\(has what cannot be declared: hoplimit lock\)/);
    assert.match(
      stdout,
      /2 routes stand at one key \(ip -4 route 203\.0\.113\.0\/24 via .*; ip -4 route 203\.0\.113\.0\/24 dev .*\): give each its own metric/,
    );
    assert.match(stdout, /ip -4 rule pref 0 to 203\.0\.113\.89 table 300: a rule of ours stands at 1 to 32765\)\n# {3}- ip -4 rule add /);
    assert.match(
      stdout,
      /ip -4 rule pref 40000 to 203\.0\.113\.90 table 300: a rule of ours stands at 1 to 32765\)\n# {3}- ip -4 rule add /,
    );
    const commands = [...stdout.matchAll(/# {3}- (ip .*)/g)].map(([, next = ""]) => next);
    assert.equal(commands.length, 3, stdout);
    await host.exec(commands.join("; "));
    assert.match((await adopt()).stdout, /main-to-1: \{ priority: 5259, /);
    // Those that differ in their prefixes alone are one rule of ours.
    assert.match(stdout, /main-to: \{ priority: 5262, to: \[ 203\.0\.113\.91, 203\.0\.113\.92 \], table: main \}/);
  });

  it("--twins: the commands that remove what says the same as ours, and leave ours", async () => {
    const [, { device, gateway }] = host.uplinks;
    const made = await create("HostRouting", {
      connection: host.connection,
      routes: { way: { destination: "192.0.2.0/24", via: gateway, dev: device, table: 100 } },
      rules: { one: { priority: 1000, from: "203.0.113.10", table: 100 } },
    });
    const ours = await host.snapshot();
    await host.exec(`ip rule add from 203.0.113.10 table 100; ip rule add pref 1000 from 203.0.113.10 table 100 proto 4
ip route append 192.0.2.0/24 via ${gateway} dev ${device} table 100 proto 4`);
    const { stdout, code } = await adopt("--twins");
    assert.equal(code, 1);
    assert.equal(stdout.trim().split("\n").length, 3, stdout);
    await host.exec(stdout);
    assert.equal(await host.snapshot(), ours);
    assert.deepEqual(await adopt("--twins"), { stdout: "", stderr: "", code: 0 });
    await remove(made);
  });

  it("secrets of the files do not leave the host", async () => {
    await host.exec(
      "mkdir -p /etc/wireguard; printf '[Interface]\\nPrivateKey = c2VjcmV0\\nPostUp = ip rule add pref 800 from 10.0.0.1 table 100 # $KEY\\n' > /etc/wireguard/wg9.conf; ip rule add pref 800 from 10.0.0.1 table 100",
    );
    const { stdout } = await adopt();
    assert.match(stdout, /t100-from: .* # live, proto unspec/);
    assert.doesNotMatch(stdout, /c2VjcmV0/);
    await host.exec("rm -r /etc/wireguard");
  });

  it("wrong use is told, and a host that cannot be read", async () => {
    for (const [args, code] of [
      [["adopt"], 2],
      [["adopt", "x", "y"], 2],
      [["convert"], 2],
      [["convert", "/nowhere"], 3],
    ] as const)
      assert.equal((await run([process.execPath, main, ...args])).code, code, args.join(" "));
  });

  it("finds lines of cron, of cloud-init and of what a program made in /run, and names a hook that reads its commands elsewhere; no secret leaves the host", async () => {
    const [, { device }] = host.uplinks;
    const files = {
      "/etc/crontab":
        "17 * * * * root backup --login=hunter2\n@reboot root sleep 5; ip rule add pref 903 from 203.0.113.3 table 300 # VPN bypass\n",
      "/run/systemd/network/10-made.network": `[Match]\nName=${device}\n[RoutingPolicyRule]\nPriority=904\nFrom=203.0.113.4\nTable=300\n`,
      "/etc/cloud/cloud.cfg.d/50-net.cfg": `ssh_keys:\n  rsa_private: |\n    -----BEGIN RSA PRIVATE KEY-----\n    hunter2\n    -----END RSA PRIVATE KEY-----\nnetwork:\n  ethernets:\n    ${device}:\n      routing-policy: [{ priority: 905, from: 203.0.113.5, table: 300 }]\n`,
      "/etc/networkd-dispatcher/routable.d/50-ways": "#!/bin/sh\nAPI_TOKEN=hunter2\nip -batch /etc/ways.batch\n",
    };
    const folders = Object.keys(files).map((path) => path.replace(/\/[^/]+$/, ""));
    await host.exec(`mkdir -p ${folders.join(" ")}`);
    for (const [path, text] of Object.entries(files)) await host.exec(`cat >${path}`, { input: text });
    await host.exec("mkfifo /etc/networkd-dispatcher/routable.d/pipe"); // of which a read would wait for ever
    await host.exec("for n in 3 4 5; do ip rule add pref 90$n from 203.0.113.$n table 300 proto 4; done");
    const { stdout, stderr } = await adopt();
    assert.equal(stderr, "");
    assert.match(stdout, /priority: 903, .* # live, proto static; \/etc\/crontab:2\n/);
    assert.match(stdout, /priority: 904, .* # live, proto static; \/run\/systemd\/network\/10-made\.network:3\n/);
    assert.match(stdout, /priority: 905, .* # live, proto static; \/etc\/cloud\/cloud\.cfg\.d\/50-net\.cfg:9\n/);
    assert.match(stdout, /10-made\.network:3(-6)? \(a program makes it at every boot, /);
    assert.match(
      stdout,
      /routable\.d\/50-ways:3 may make some of these: ip -batch \/etc\/ways\.batch: it reads its commands from elsewhere/,
    );
    const { sources } = await readStanding(host.connection);
    assert.doesNotMatch(sources.map(({ text }) => text).join("\n"), /hunter2/);
    await host.exec(`rm /etc/networkd-dispatcher/routable.d/pipe ${Object.keys(files).join(" ")}`);
  });
});
