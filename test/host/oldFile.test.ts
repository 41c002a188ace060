// What was taken over, while the file that made it before is still there.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { commandAt } from "./command";
import { checked, create, type Fields, type Made, read, remove, warnings } from "./resource";

const replay = "/etc/policy-routing/replay";
const objects = "/etc/policy-routing/objects";

describe("what was taken over, while its old file is still there", () => {
  let lab: Lab;
  let host: Host;
  let clean: string;
  before(async () => {
    await ensurePackages(["busybox"]);
    lab = await startLab({ name: "test-host-old-file" });
    host = lab.hosts[0];
    clean = await host.snapshot();
  });
  let made: Made[] = [];
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    made = [];
    closeHosts();
    await host.exec(
      "for t in 100 102; do ip route flush table $t; ip -6 route flush table $t; done; ip rule flush; ip rule add pref 32766 lookup main proto 2; ip rule add pref 32767 lookup default proto 2; rm -f /etc/network/interfaces /etc/rc.local",
    );
    assert.equal(await host.snapshot(), clean);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const make = async (fields: Fields): Promise<Made> => {
    const one = await create("HostRouting", { connection: host.connection, persist: "rc-local", ...fields });
    made.push(one);
    return one;
  };
  const script = (options = "", shell = "sh") => host.result(`${shell} ${replay} ${options}`);
  const reboot = async (): Promise<void> => {
    closeHosts();
    await host.reboot();
  };
  /** What the old file makes, at a boot as by hand. */
  const oldFile = (): string => {
    const [, { device, address, gateway, prefix, gateway6 }] = host.uplinks;
    return [
      `ip route add ${prefix} dev ${device} src ${address} table 102`,
      `ip route add default via ${gateway} dev ${device} table 102 mtu lock 1400 advmss 1360`,
      `ip route add unreachable 192.0.2.0/24 metric 7 table 102`,
      `ip -6 route add default via ${gateway6} dev ${device} table 102 proto static`,
      `ip rule add from ${address} table 102`,
    ].join("\n");
  };
  const declared = (more: Fields = { adopt: "same" }): Fields => {
    const [, { device, address, gateway, prefix, gateway6 }] = host.uplinks;
    return {
      ...more,
      routes: {
        link: { destination: prefix, dev: device, src: address, table: 102 },
        default: { destination: "default", via: gateway, dev: device, table: 102, mtu: 1400, mtuLock: true, advmss: 1360 },
        none: { type: "unreachable", destination: "192.0.2.0/24", metric: 7, table: 102 },
        default6: { destination: "default", via: gateway6, dev: device, table: 102 },
      },
      rules: { from: { priority: 32765, from: address, table: 102 } },
    };
  };

  it("a message names the lines that make it again, by file, and what has each file read again; where nothing was taken over there is none", async () => {
    const [, { device }] = host.uplinks;
    const lines = oldFile()
      .split("\n")
      .map((line) => `  post-up ${line}\n`);
    await host.exec(`mkdir -p /etc/network; cat >/etc/network/interfaces <<'END'\niface ${device} inet static\n${lines.join("")}END`);
    await host.exec(oldFile());
    const told = await warnings(() => make(declared()));
    assert.match(
      told,
      /warning: .*: what was taken over is made again by lines on the host: \/etc\/network\/interfaces:2-6 \(nothing reads it again/,
    );
    const [one] = made;
    assert.ok(one !== undefined);
    const other = await warnings(() => make({ adopt: "same", rules: { other: { priority: 1000, from: "203.0.113.9", table: 102 } } }));
    assert.doesNotMatch(other, /made again/);
  });

  for (const shell of ["dash", "busybox sh"])
    it(`a boot in which it still acts is no drift: what says the same is taken back (${shell})`, async () => {
      await host.exec(oldFile());
      const one = await make(declared());
      assert.match(await host.exec(`head -1 ${objects}/*default`), /\t214\tadopt\n/);
      const fields = await checked("HostRouting", one.fields);
      await reboot();
      await host.exec(oldFile());
      const { code, stderr } = await script("", shell);
      assert.equal(code, 0, stderr);
      for (const route of ["default", host.uplinks[1].prefix, "192.0.2.0/24 metric 7"])
        assert.match(stderr, new RegExp(`^took back route inet table 102 ${route}, which said the same under another tag$`, "m"));
      assert.match(stderr, /^took back route inet6 table 102 default,/m);
      const again = await script("--check", shell);
      assert.deepEqual([again.code, again.stdout], [0, ""]);
      closeHosts();
      assert.deepEqual(await read(one), fields);
    });

  it("what says anything else is left alone, and so is what was declared without adopt", async () => {
    const [, { device, gateway, address, prefix }] = host.uplinks;
    await make(declared());
    for (const others of [
      `default via ${gateway} dev ${device} table 102 mtu 1400 advmss 1360`,
      `default via ${gateway} dev ${device} table 102 mtu lock 1400 advmss 1360 initcwnd 9`,
      `default via ${gateway} dev ${device} table 102 mtu lock 1400 advmss 1360 onlink`,
      `default via ${gateway} dev ${device} table 102 mtu lock 1400 advmss 1360 src ${address}`,
      `default via ${gateway} dev ${device} table 102 mtu lock 1400 advmss 1360 proto dhcp`,
      `default dev ${device} table 102 mtu lock 1400 advmss 1360`,
      `unreachable default table 102`,
      `default table 102 nexthop via ${gateway} dev ${device} weight 2 nexthop dev lo`,
    ]) {
      await reboot();
      await host.exec(`ip route add ${others}; ip route add ${prefix} dev ${device} src ${address} table 102`);
      const stands = await host.exec("ip route show table 102 exact default");
      const { stderr } = await script();
      assert.match(stderr, /^not added: something else stands in the place of route inet table 102 default$/m, others);
      assert.match(stderr, /^took back route inet table 102 198\.18\.128\.0\/18,/m, others);
      assert.equal(await host.exec("ip route show table 102 exact default"), stands);
    }
    for (const one of made) await remove(one);
    made = [];
    await host.exec("ip route flush table 102");
    await make(declared({}));
    await reboot();
    await host.exec(oldFile());
    assert.doesNotMatch((await script()).stderr, /took back/);
  });

  it("a foreign rule that comes before ours is told by a refresh, by check, and by what puts back", async () => {
    const one = await make({
      rules: { from: { priority: 1000, from: "203.0.113.10", table: 102 }, to: { priority: 1001, to: "203.0.113.11", table: 102 } },
    });
    const told = (): Promise<string> => {
      closeHosts();
      return warnings(() => read(one));
    };
    assert.doesNotMatch(await told(), /before/);
    // Without a priority: it lands before the first one that stands there.
    await host.exec(
      "ip rule add from 203.0.113.10 table 102; ip rule add pref 900 from all lookup main suppress_prefixlength 0; ip rule add pref 1100 to 203.0.113.11 table 102",
    );
    assert.match(await told(), /ip -4 rule pref 999 from 203\.0\.113\.10 table 102 \(proto 0\) takes its packets before it/);
    const { stdout } = await commandAt(host, "check");
    assert.match(
      stdout,
      /rule pref 1000 from 203\.0\.113\.10 table 102: says what ip -4 rule pref [0-9]+ from 203\.0\.113\.10 table 102 says/,
    );
    const { stderr } = await script();
    assert.match(stderr, /^foreign, and before rule inet 1000, whose packets it takes: ip rule [0-9]+: from 203\.0\.113\.10 lookup 102$/m);
    assert.doesNotMatch(stderr, /rule inet 1001/);
  });

  it("a foreign route that comes before ours is told by a refresh and by check", async () => {
    const [, { device, gateway }] = host.uplinks;
    const one = await make({ routes: { way: { destination: "192.0.2.0/24", via: gateway, dev: device, table: 102 } } });
    await host.exec(`ip route prepend 192.0.2.0/24 dev ${device} table 102 proto 4`);
    closeHosts();
    assert.match(await warnings(() => read(one)), /192\.0\.2\.0\/24 dev eth1 .*\(proto 4\) stands before it: packets go by that one/);
    const { stdout } = await commandAt(host, "check");
    assert.match(stdout, /192\.0\.2\.0\/24 .*\(proto 4\) stands before it: packets go by that one/);
  });

  for (const [what, before, after] of [
    [
      "the lines that make what is ours",
      "#!/bin/sh -e\necho first\nip rule add from 192.0.2.1 table 9\nexit 0\n",
      "#!/bin/sh -e\necho first\nip rule add from 192.0.2.1 table 9\nOURS\nexit 0\n",
    ],
    [
      "a block that holds such a line",
      "#!/bin/sh\nif [ -e /x ]; then\n  ip route add 192.0.2.0/24 dev lo \\\n    table 9\n  case $1 in a) : ;; esac\nfi\necho end\nexit 0\n",
      "#!/bin/sh\nif [ -e /x ]; then\n  ip route add 192.0.2.0/24 dev lo \\\n    table 9\n  case $1 in a) : ;; esac\nfi\nOURS\necho end\nexit 0\n",
    ],
    [
      "nothing but the first line, where no line makes any",
      "#!/bin/sh\n# ip rule add, once\nip link set lo up\nexit 0\n",
      "#!/bin/sh\nOURS\n# ip rule add, once\nip link set lo up\nexit 0\n",
    ],
  ] as const)
    for (const isThere of [false, true])
      it(`rc.local calls ours behind ${what}${isThere ? ", also where it stood above" : ""}`, async () => {
        const ours = "/bin/sh /etc/policy-routing/replay # pulumi-policy-routing";
        const [head, ...rest] = before.split("\n");
        const text = isThere ? [head, ours, ...rest].join("\n") : before;
        await host.exec(`cat >/etc/rc.local <<'END'\n${text}END\nchmod 755 /etc/rc.local`);
        const one = await make({ rules: { from: { priority: 1000, from: "203.0.113.10", table: 102 } } });
        assert.equal(await host.exec("cat /etc/rc.local"), after.replace("OURS", ours));
        made = [];
        await remove(one);
        assert.equal(await host.exec("cat /etc/rc.local"), before);
      });
});
