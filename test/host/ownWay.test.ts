import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { management } from "../lab/addresses";
import type { Host } from "../lab/lab";
import { controllerLink } from "../lab/network";
import { must } from "../lab/run";
import { cleanHost } from "./cleanHost";
import { create, type Fields, read, refusal, remove, update } from "./resource";

/** A host as others have set it up: what was there before us, and how it goes again. Each is small, after what the programs themselves make. */
interface Foreign {
  readonly name: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
  readonly nft?: string;
}

const foreigners: readonly Foreign[] = [
  {
    name: "a transparent proxy",
    up: ["rule add pref 900 fwmark 0x1 lookup 300", "route add local default dev lo table 300"],
    down: ["rule del pref 900", "route flush table 300"],
    nft: "chain pre { type filter hook prerouting priority mangle; tcp dport 80 meta mark set 0x1 tproxy to :8080; }",
  },
  {
    name: "Cilium, with table local behind its proxy",
    up: [
      "rule add pref 9 fwmark 0x200/0xf00 lookup 2004",
      "route add local default dev lo table 2004",
      "rule add pref 100 lookup local",
      "rule del pref 0",
    ],
    down: ["rule add pref 0 lookup local proto kernel", "rule del pref 100", "rule del pref 9", "route flush table 2004"],
    nft: 'chain pre { type filter hook prerouting priority mangle; iifname "lxc*" meta mark set 0x200; }',
  },
  {
    name: "kube-router, which serves addresses of services",
    up: [
      "rule add pref 32764 fwmark 0x77/0xff lookup 78",
      "rule add pref 32765 lookup 79",
      "route add local default dev lo table 78",
      "route add 10.96.0.0/16 dev eth1 table 79",
    ],
    down: ["rule del pref 32764", "rule del pref 32765", "route flush table 78", "route flush table 79"],
  },
  {
    name: "a VPC's pods, marked where they are forwarded and where they come in",
    up: ["rule add pref 1024 fwmark 0x80/0x80 lookup main"],
    down: ["rule del pref 1024"],
    nft: 'chain forward { type filter hook forward priority 0; iifname "eni7" meta mark set 0x80; }\nchain pre { type filter hook prerouting priority mangle; iifname "eni7" ct mark set 0x80; meta mark set ct mark; }',
  },
  {
    name: "the rules of VRFs, without a VRF",
    up: ["rule add pref 500 l3mdev unreachable", "rule add pref 501 l3mdev", "rule add pref 600 lookup local", "rule del pref 0"],
    down: ["rule add pref 0 lookup local proto kernel", "rule del pref 600", "rule del pref 501", "rule del pref 500"],
  },
  {
    name: "a rule that passes over a group of devices",
    up: ["link set eth1 group 7", "rule add pref 700 lookup main suppress_ifgroup 7"],
    down: ["rule del pref 700", "link set eth1 group default"],
  },
  {
    name: "networks of own addresses",
    up: ["route add local 198.51.0.0/16 dev lo table 301", "rule add pref 800 to 198.51.0.0/16 lookup 301"],
    down: ["rule del pref 800", "route flush table 301"],
  },
];

describe("the way of our own connection, on hosts that others have set up", function () {
  this.timeout(60_000);
  let host: Host;
  const at = cleanHost("test-host-own-way");
  before(() => {
    host = at.host;
  });

  const controller = (): string => management(at.lab.plan.slot, 0).address;
  const nft = (chains: string): Promise<string> =>
    host.exec("nft -f -", { input: `table ip others {\n${chains.replaceAll("; ", "\n")}\n}\n` });
  /** A second uplink, with a rule before it that every packet comes by, as MultihomedHost makes them. */
  const uplink = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    routes: { default: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 101 } },
    rules: {
      connected: { priority: 10_000, family: "inet", table: "main", suppressPrefixlength: 0 },
      from: { priority: 10_001, from: "198.18.128.2", table: 101 },
    },
    ...fields,
  });

  for (const { name, up, down, nft: chains } of foreigners)
    it(`${name}: a whole host and single resources are made, changed and taken away`, async () => {
      await host.batch(up);
      if (chains !== undefined) await nft(chains);
      const foreign = await host.snapshot();
      const whole = await create("HostRouting", uplink());
      assert.deepEqual(
        Object.keys((await read(whole)) ?? {}).filter((key) => key === "rules"),
        ["rules"],
      );
      const rules = { connected: { priority: 9_000, family: "inet", table: "main", suppressPrefixlength: 0 } };
      await remove(await update(whole, { rules }));
      assert.equal(await host.snapshot(), foreign);
      const route = await create("PolicyRoute", {
        connection: host.connection,
        destination: "default",
        via: "198.18.128.1",
        dev: "eth1",
        table: 101,
      });
      const rule = await create("PolicyRule", {
        connection: host.connection,
        family: "inet",
        priority: 9_000,
        table: "main",
        suppressPrefixlength: 0,
      });
      const changed = await update(rule, { priority: 9_001 });
      await remove(changed);
      await remove(route);
      assert.equal(await host.snapshot(), foreign);
      if (chains !== undefined) await host.exec("nft delete table ip others");
      await host.batch(down);
    });

  it("a transparent proxy of our own is made, changed and taken away, by single resources and as one host", async () => {
    const divert = { family: "inet", type: "local", destination: "default", dev: "lo", table: 100 };
    const marked = { family: "inet", priority: 1000, fwmark: "1", table: 100 };
    const one = await create("PolicyRoute", { connection: host.connection, ...divert });
    const two = await create("PolicyRule", { connection: host.connection, ...marked });
    await remove(await update(two, { fwmark: "2" }));
    await remove(one);
    const whole = await create("HostRouting", { connection: host.connection, routes: { divert }, rules: { marked } });
    await remove(await update(whole, { rules: { marked: { ...marked, fwmark: "3" } } }));
  });

  it("a cut-off is seen although a rule of VRFs that refuses stands before it", async () => {
    await host.batch(["rule add pref 500 l3mdev unreachable"]);
    const foreign = await host.snapshot();
    const hole = { family: "inet", type: "blackhole", destination: "default", table: 200 };
    const cut = { connection: host.connection, routes: { hole }, rules: { cut: { priority: 1000, to: controller(), table: 200 } } };
    assert.match(
      (await refusal(create("HostRouting", cut))).message,
      /how replies to this connection leave would change: now by mgmt .*, then blackhole/,
    );
    assert.equal(await host.snapshot(), foreign);
    await host.batch(["rule del pref 500"]);
  });

  it("what marks the host's own replies is named where it matters, by its chain", async () => {
    const restores = "chain out { type route hook output priority mangle; tcp sport 22 jump own; }\nchain own { meta mark set ct mark; }";
    await nft(`${restores}\nchain in { type filter hook prerouting priority mangle; iifname "uplink" ct mark set 1; }`);
    const marked = { connection: host.connection, family: "inet", priority: 1000, fwmark: "1", action: "blackhole" };
    assert.match(
      (await refusal(create("PolicyRule", marked))).message,
      /cannot be told: now by mgmt .*, then blackhole .*, where fwmark 0x1\/0xffffffff; chain own of table ip others has: meta mark set ct mark/,
    );
    await remove(await create("PolicyRule", { ...marked, action: undefined, table: 102 }));
    await host.exec("nft delete chain ip others in"); // now no connection has a mark
    await remove(await create("PolicyRule", marked));
    await host.exec("nft delete table ip others");
  });

  it("a type of service that sshd may set leads elsewhere, or it does not matter", async () => {
    const tos = { connection: host.connection, family: "inet", tos: "0x10", priority: 1002 };
    await remove(await create("PolicyRule", { ...tos, table: 100 }));
    assert.match(
      (await refusal(create("PolicyRule", { ...tos, action: "prohibit" }))).message,
      /would change: .*, where type of service 0x10/,
    );
  });

  it("a way by a gateway of the other family stays, and is expected and probed as such", async () => {
    const [, via = ""] = /inet6 (fe80:\S+)\//.exec(await must(["ip", "-6", "addr", "show", "dev", controllerLink(at.lab.plan.slot)])) ?? [];
    await host.batch([`route add ${controller()}/32 via inet6 ${via} dev mgmt`]);
    const fields = uplink({
      routes: { default: { destination: "default", family: "inet", via: "fe80::77", dev: "eth1", table: 101 } },
      expect: [{ from: "198.18.128.2", to: "192.0.2.1", dev: "eth1", via: "fe80::77" }],
      guard: { probes: [{ route: "192.0.2.1", from: "198.18.128.2", via: "fe80::77", expect: true }] },
    });
    const made = await create("HostRouting", fields);
    await remove(await update(made, { rules: { from: { priority: 10_001, from: "198.18.128.2", table: 101 } } }));
    await host.batch([`route del ${controller()}/32`]);
  });

  it("a connection by link-local addresses stays on its device, which the kernel is asked about too", async () => {
    const link = controllerLink(at.lab.plan.slot);
    const connection = { ...host.connection, host: `fe80::2%${link}`, insecureIgnoreHostKey: true };
    await host.batch(["route add fe80::/64 dev eth0 metric 1"]);
    const made = await create("PolicyRule", { connection, family: "inet6", priority: 9_000, table: "main", suppressPrefixlength: 0 });
    await remove(made);
    await host.batch(["route del fe80::/64 dev eth0 metric 1"]);
  });

  it("is asked of the kernel by number: a small host has no names of protocols", async () => {
    await host.exec("mv /etc/protocols /etc/protocols.away");
    await remove(await create("HostRouting", uplink()));
    await host.exec("mv /etc/protocols.away /etc/protocols");
  });
});
