import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { management } from "./addresses";
import { type Host, type Lab, startLab } from "./lab";
import { Namespace, namespaceOf } from "./namespace";
import { MANAGEMENT } from "./network";

describe("a lab's host, when something breaks", function () {
  this.timeout(30_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-faults" });
    host = lab.hosts[0];
  });
  after(() => lab.stop());

  // What is expected to work is given time, for a busy machine; what is not is not waited for.
  const PATIENCE = 10_000;
  const reachable = async (timeoutMs = PATIENCE): Promise<boolean> => (await host.ssh("true", "root", { timeoutMs })).code === 0;
  /** A session that says whether it is alive. */
  const session = async () => {
    const [program, ...args] = host.sshCommand(["echo begun; while read -r _; do echo alive; done"]);
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    const alive = async (timeoutMs = PATIENCE): Promise<boolean> => {
      child.stdin.write("?\n");
      return Promise.race([once(child.stdout, "data").then(() => true), ended.then(() => false), sleep(timeoutMs, false, { ref: false })]);
    };
    return { alive, ended, end: () => void child.kill() };
  };

  const silences: [string, () => Promise<void>, () => Promise<void>][] = [
    ["the link goes down", () => host.linkDown(), () => host.linkUp()],
    ["the controller's address is a blackhole", () => host.blackholeController(), () => host.unblackholeController()],
    ["all packets are lost", () => host.dropPackets(100), () => host.dropPackets(0)],
  ];
  for (const [name, breakIt, mend] of silences) {
    it(`${name}: is silent until it is mended, and then goes on`, async () => {
      const before = await host.snapshot();
      const { alive, end } = await session();
      assert.equal(await alive(), true);
      await breakIt();
      assert.equal(await alive(400), false);
      assert.equal(await reachable(400), false);
      await mend();
      assert.equal(await reachable(), true);
      assert.equal(await host.snapshot(), before);
      end();
    });
  }

  it("some packets are lost: that share of them", async () => {
    const bridge = new Namespace(namespaceOf(lab.name, MANAGEMENT));
    const sent = async (): Promise<number> => Number(/TX:.*\n +\d+ +(\d+)/.exec(await bridge.exec("ip -s link show controller"))?.[1]);
    const before = await sent();
    const { address: controller } = management(lab.plan.slot, 0);
    await host.dropPackets(30);
    await host.exec(`bash -c 'for i in {1..1000}; do echo >/dev/udp/${controller}/9; done' 2>/dev/null || true`);
    await host.dropPackets(0);
    const share = 1 - ((await sent()) - before) / 1_000;
    assert.ok(share > 0.24 && share < 0.36, `${share} were lost`);
  });

  it("connections are reset: sessions end, new ones are welcome", async () => {
    const { ended } = await session();
    await host.resetConnections();
    assert.deepEqual(await ended, [255, null]);
    assert.equal(await reachable(), true);
  });

  it("sshd is stopped: sessions survive or die, as asked", async () => {
    for (const fate of ["survive", "die"] as const) {
      const { alive, end } = await session();
      await host.stopSshd(fate);
      assert.equal(await reachable(), false);
      assert.equal(await alive(), fate === "survive");
      await host.startSshd();
      assert.equal(await reachable(), true);
      end();
    }
  });

  it("sshd has other options: they hold until they are taken back", async () => {
    await host.setSshdOption("AllowUsers", "ops");
    assert.equal(await reachable(), false);
    assert.equal((await host.ssh("true", "ops")).code, 0);
    await host.setSshdOption("AllowUsers", null);
    assert.equal(await reachable(), true);
    await host.setSshdOption("MaxStartups", "1");
    const results = await Promise.all(Array.from({ length: 12 }, () => host.ssh("true")));
    assert.ok(
      results.some(({ code }) => code !== 0),
      "parallel logins are dropped",
    );
    await host.setSshdOption("MaxStartups", "100");
  });

  it("/run is full: renaming works, writing does not", async () => {
    await host.exec("echo armed >/run/armed");
    await host.fillRun();
    assert.notEqual((await host.result("echo text >/run/more")).code, 0);
    await host.exec("mv /run/armed /run/confirmed");
    assert.equal(await reachable(), true);
    await host.freeRun();
    await host.exec("echo text >/run/more");
  });

  for (const directory of ["/run", "/etc"] as const) {
    it(`${directory} is read-only: also while a file in it is open`, async () => {
      await host.exec(`setsid sh -c 'exec 3>${directory}/open; sleep 60' >/dev/null 2>&1 </dev/null &`);
      await host.makeReadOnly(directory);
      assert.match((await host.result(`touch ${directory}/new`)).stderr, /Read-only file system/);
      assert.equal(await reachable(), true);
      await host.makeWritable(directory);
      await host.exec(`touch ${directory}/new`);
    });
  }

  it("has no ip, or an old one: until that is taken back", async () => {
    const restore = await host.replaceBinary("/usr/sbin/ip", null);
    assert.equal((await host.ssh("ip rule")).code, 127);
    await restore();
    const again = await host.replaceBinary(
      "/usr/sbin/ip",
      '#!/bin/sh\n[ "$1" = -V ] && echo "ip utility, iproute2-4.9.0" && exit\nexec ip.real "$@"\n',
    );
    assert.equal((await host.ssh("ip -V")).stdout, "ip utility, iproute2-4.9.0\n");
    assert.match((await host.ssh("ip rule")).stdout, /32766:/);
    await again();
    assert.match((await host.ssh("ip -V")).stdout, /iproute2-[5-9]/);
  });

  it("reboots: the kernel's tables, /run and /root are empty, /etc and the host key stay", async () => {
    const before = await host.snapshot();
    const [key, bootId] = [await host.hostKey(), await host.exec("cat /proc/sys/kernel/random/boot_id")];
    await host.batch([
      "rule add pref 100 from 198.51.100.1 table 100",
      "route add default via 198.18.128.1 table 100",
      "nexthop add id 7 dev eth1",
    ]);
    await host.exec("mkdir /etc/policy-routing; echo kept >/etc/policy-routing/entry; touch /run/gone /root/gone");
    const { ended } = await session();
    await host.reboot();
    assert.equal(await reachable(), true);
    assert.equal(await host.exec("cat /etc/policy-routing/entry; ls /run/gone /root/gone 2>/dev/null || true"), "kept\n");
    assert.deepEqual(
      (await host.ip("rule show")).map(({ priority }) => priority),
      [0, 32766, 32767],
    );
    assert.equal(await host.hostKey(), key);
    assert.notEqual(await host.exec("cat /proc/sys/kernel/random/boot_id"), bootId);
    assert.ok(Number((await host.exec("cat /proc/uptime")).split(" ")[0]) < 10);
    await host.exec("rm -r /etc/policy-routing");
    assert.equal(await host.snapshot(), before);
    await ended;
  });

  const changes: [string, string, string][] = [
    ["a rule", "ip rule add pref 5 from 198.51.100.1 table 7", "ip rule del pref 5"],
    ["an IPv6 route", "ip route add 2001:db8:99::/64 via fe80::1 dev eth1 table 7", "ip -6 route flush table 7"],
    ["a next hop", "ip nexthop add id 9 dev eth1", "ip nexthop del id 9"],
    ["a file", "mkdir /etc/policy-routing && echo x >/etc/policy-routing/x", "rm -r /etc/policy-routing"],
    ["a name of a table", "echo '101 x' >/etc/iproute2/rt_tables.d/x.conf", "rm /etc/iproute2/rt_tables.d/x.conf"],
    ["a sysctl", "echo 2 >/proc/sys/net/ipv4/conf/eth1/rp_filter", "echo 0 >/proc/sys/net/ipv4/conf/eth1/rp_filter"],
  ];
  for (const [what, change, undo] of changes) {
    it(`a snapshot shows ${what}, and its absence`, async () => {
      const before = await host.snapshot();
      await host.exec(change);
      assert.notEqual(await host.snapshot(), before);
      await host.exec(undo);
      assert.equal(await host.snapshot(), before);
    });
  }
});
