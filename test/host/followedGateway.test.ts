// Routes by whatever gateway a device has: resolved on the host, by a transaction and by what looks after it, and never guessed.
import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import { commandAt } from "./command";
import { following, register, shells, store } from "./following";
import { connectionOf, previewOf } from "./preview";
import { create, type Fields, type Made, read, refusal, update, warnings } from "./resource";

describe("a route by the gateway of a device", function () {
  this.timeout(60_000);
  const fields: Fields = { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102 };
  const at = following("test-host-gateway", "PolicyRoute", fields);
  let host: Host;
  before(() => {
    host = at.host;
  });

  const routes = async (family = "-4", table = 102): Promise<string[]> =>
    (await host.exec(`ip ${family} -N -o route show table ${table}`)).split("\n").flatMap((line) => (line === "" ? [] : [line.trim()]));
  const leads = async (words: string): Promise<void> => void (await host.exec(`ip route replace default ${words} metric 100 proto 16`));
  const ours = (via: string): string => `default via ${via} dev eth1 proto 214 onlink`;
  const isDeclared = async (one: Made): Promise<void> => {
    const { via, dev, onlink } = (await at.found(one)) ?? {};
    assert.deepEqual({ via, dev, onlink }, { via: fields["via"], dev: undefined, onlink: undefined });
  };

  it("is made of what the device has, stays symbolic in state and store, and follows with a route there at every moment", async () => {
    await leads("via 198.18.128.1 dev eth1");
    const one = await at.make({ dev: "eth1", onlink: true });
    assert.deepEqual([one.state["via"], one.state["dev"], one.state["onlink"]], [{ gatewayOf: "eth1" }, undefined, undefined]);
    assert.equal(one.state["persisted"], "rc-local: followed only at a boot");
    assert.deepEqual(await routes(), [ours("198.18.128.1")]);
    assert.match(await host.exec(`tail -1 ${register}`), /^route inet table 102 default\t\S+\t\S+\t@eth1\n$/);
    const [header, words] = (await host.exec(`cat ${store}/*`)).split("\n");
    assert.match(header ?? "", /^# pulumi-policy-routing 4\t/);
    assert.equal(words, "route add default via @eth1 table 102 proto 214");
    for (const [index, shell] of shells.entries()) {
      const now = `198.18.128.${5 + index}`;
      await leads(`via ${now} dev eth1`);
      assert.equal(
        (await at.replay("--check", shell)).stdout,
        `changed: route inet table 102 default: ip -4 route add default via ${now} dev eth1 onlink table 102 proto 214\n`,
      );
      assert.equal(
        (await at.replay("", shell)).stderr,
        `changed route inet table 102 default, whose device has another gateway: ip route default via ${now} dev eth1 onlink table 102 proto 214\n`,
      );
      assert.deepEqual(await routes(), [ours(now)]);
      assert.equal((await at.replay("--check", shell)).code, 0);
      await isDeclared(one);
    }
  });

  it("goes by the device alone where its default route has no gateway, and back", async () => {
    await leads("dev eth1");
    const one = await at.make({});
    assert.deepEqual(await routes(), ["default dev eth1 proto 214 scope 253"]);
    await isDeclared(one);
    for (const shell of shells) {
      await leads("via 198.18.128.1 dev eth1");
      await at.replay("", shell);
      assert.deepEqual(await routes(), [ours("198.18.128.1")]);
      await leads("dev eth1");
      await at.replay("", shell);
      assert.deepEqual(await routes(), ["default dev eth1 proto 214 scope 253"]);
      assert.equal((await at.replay("--check", shell)).code, 0);
    }
  });

  it("waits while the device has no default route: told, owned, persisted, no drift; it comes with that, and goes with its resource", async () => {
    let one: Made | undefined;
    const told = await warnings(async () => {
      one = await at.make({});
    });
    assert.ok(one !== undefined);
    assert.match(told, /warning: .*via @eth1.*pending: eth1 has no IPv4 gateway yet/);
    assert.match(String(one.state["persisted"]), /; pending: eth1 has no IPv4 gateway$/);
    assert.deepEqual(await routes(), []);
    await isDeclared(one);
    for (const shell of shells) {
      assert.match((await at.replay("", shell)).stderr, /^pending: route inet table 102 default: eth1 has no gateway\n$/);
      await leads("via 198.18.128.1 dev eth1");
      assert.equal((await at.replay("", shell)).stderr, "added route inet table 102 default\n");
      assert.deepEqual(await routes(), [ours("198.18.128.1")]);
      await isDeclared(one);
      await host.exec("ip route del default dev eth1 proto 16; ip route flush table 102");
    }
    await at.remove(one);
    assert.equal((await host.result("ls /etc/policy-routing")).code, 2);
  });

  it("waits for a device that is not there", async () => {
    const one = await at.make({ via: { gatewayOf: "tun9" } });
    assert.match(String(one.state["persisted"]), /; pending: tun9 has no IPv4 gateway$/);
    await host.exec(
      "ip link add tun9 type veth peer name tun9p; ip link set tun9 up; ip link set tun9p up; ip addr add 10.9.0.1 peer 10.9.0.2/32 dev tun9",
    );
    for (const shell of shells) {
      await host.exec("ip route flush table 102; ip route replace default dev tun9 metric 700");
      assert.equal((await at.replay("", shell)).stderr, "added route inet table 102 default\n");
      assert.deepEqual(await routes(), ["default dev tun9 proto 214 scope 253"]);
    }
    await host.exec("ip link del tun9");
    assert.match((await at.replay()).stderr, /^pending: route inet table 102 default: tun9 has no gateway\n$/);
    assert.deepEqual((await at.found(one))?.["via"], { gatewayOf: "tun9" });
  });

  it("keeps what it had last while the device has none; by another device nothing of ours stays", async () => {
    await leads("via 198.18.128.1 dev eth1");
    const one = await at.make({});
    await host.exec("ip route del default dev eth1 proto 16");
    await at.replay();
    assert.deepEqual(await routes(), [ours("198.18.128.1")]);
    await isDeclared(one);
    const other = await at.change(one, { mtu: 1400 });
    assert.deepEqual(await routes(), [`${ours("198.18.128.1")} mtu 1400`]);
    assert.match(String(other.state["persisted"]), /; pending: eth1 has no IPv4 gateway$/);
    const moved = await at.change(other, { via: { gatewayOf: "eth9" }, mtu: undefined });
    assert.deepEqual(await routes(), []);
    assert.deepEqual((await at.found(moved))?.["via"], { gatewayOf: "eth9" });
  });

  it("is never led by routes of ours, of another owner neither; main's comes before another table's, which a manager fills", async () => {
    for (const words of ["198.18.128.20 dev eth1 table 77 proto 214", "198.18.128.21 dev eth1 metric 50 proto 214"])
      await host.exec(`ip route add default via ${words}`);
    const other = await create("PolicyRoute", {
      ...{ connection: host.connection, persist: "rc-local", owner: { stack: "organization/test/other", proto: 220 } },
      ...{ destination: "default", via: "198.18.128.22", dev: "eth1", table: 77, metric: 9 },
    });
    at.keep(other);
    const one = await at.make({});
    assert.deepEqual(await routes(), []);
    const foreign = ["198.18.128.30 dev eth1 table 77 metric 20 proto 16", "198.18.128.31 dev eth1 metric 900"];
    for (const words of foreign) {
      await host.exec(`ip route add default via ${words}`);
      for (const shell of shells) {
        await at.replay("", shell);
        assert.deepEqual(await routes(), [ours(words.split(" ", 1)[0] ?? "")]);
        await isDeclared(one);
      }
    }
    await host.exec("ip route flush table 77 proto 214; ip route flush default proto 214");
  });

  it("takes of several next hops its device's", async () => {
    await host.exec(
      "ip route add default metric 300 proto 16 nexthop via 198.18.64.1 dev eth0 nexthop via 198.18.128.7 dev eth1 nexthop via 198.18.128.8 dev eth1",
    );
    const one = await at.make({});
    assert.deepEqual(await routes(), [ours("198.18.128.7")]);
    for (const shell of shells) {
      assert.equal((await at.replay("--check", shell)).code, 0);
      await host.exec("ip route flush table 102");
      await at.replay("", shell);
      assert.deepEqual(await routes(), [ours("198.18.128.7")]);
    }
    await isDeclared(one);
    await host.exec("ip route del default metric 300");
  });

  it("of IPv6 takes what router advertisements make, link-local as they are", async () => {
    await host.exec("ip -6 route add default via fe80::77 dev eth1 proto ra metric 512 expires 1800");
    const one = await at.make({ family: "inet6" });
    const line = (via: string): string => `default via ${via} dev eth1 proto 214 metric 1024 onlink pref medium`;
    assert.deepEqual(await routes("-6"), [line("fe80::77")]);
    for (const [index, shell] of shells.entries()) {
      await host.exec(`ip -6 route flush default dev eth1; ip -6 route add default via fe80::7${index + 1} dev eth1 proto ra metric 512`);
      await at.replay("", shell);
      assert.deepEqual(await routes("-6"), [line(`fe80::7${index + 1}`)]);
      assert.equal((await at.replay("--check", shell)).code, 0);
      await isDeclared(one);
    }
  });

  it("says what stands there where the host has not followed, and the next change makes it right", async () => {
    await leads("via 198.18.128.1 dev eth1");
    const one = await at.make({});
    await leads("via 198.18.128.6 dev eth1");
    const seen = await at.found(one);
    assert.deepEqual([seen?.["via"], seen?.["dev"], seen?.["onlink"]], ["198.18.128.1", "eth1", true]);
    await at.change(
      { ...one, state: { ...one.state, via: "198.18.128.1", dev: "eth1", onlink: true } },
      { ...fields, dev: undefined, onlink: undefined },
    );
    assert.deepEqual(await routes(), [ours("198.18.128.6")]);
  });

  it("becomes literal and back, and another device's", async () => {
    await leads("via 198.18.128.1 dev eth1");
    let one = await at.make({ via: "198.18.128.9", dev: "eth1" });
    for (const [more, last] of [
      [{ via: { gatewayOf: "eth1" }, dev: undefined }, ours("198.18.128.1")],
      [{ via: "198.18.128.9", dev: "eth1" }, "default via 198.18.128.9 dev eth1 proto 214"],
      [{ via: { gatewayOf: "eth1" }, dev: undefined }, ours("198.18.128.1")],
    ] as const) {
      one = await at.change(one, more);
      assert.deepEqual(await routes(), [last]);
      assert.deepEqual((await at.found(one))?.["via"], more.via);
      assert.equal((await at.replay("--check")).code, 0);
    }
  });

  it("touches nothing foreign in its table: one at its key neither, before ours or behind it", async () => {
    await leads("via 198.18.128.1 dev eth1");
    const one = await at.make({});
    await host.exec("ip route add default via 198.18.128.40 dev eth1 table 102 metric 5 proto 4");
    await host.exec("ip route append default via 198.18.128.41 dev eth1 table 102 proto 4");
    const foreign = ["default via 198.18.128.41 dev eth1 proto 4", "default via 198.18.128.40 dev eth1 proto 4 metric 5"];
    await leads("via 198.18.128.6 dev eth1");
    await at.replay();
    assert.deepEqual(await routes(), [ours("198.18.128.6"), ...foreign]);
    await host.exec("ip route prepend default via 198.18.128.42 dev eth1 table 102 proto 4");
    await leads("via 198.18.128.7 dev eth1");
    for (const shell of shells) {
      assert.match(
        (await at.replay("", shell)).stderr,
        /^not changed: route inet table 102 default: another route stands there, or before it: /,
      );
      assert.deepEqual(await routes(), ["default via 198.18.128.42 dev eth1 proto 4", ours("198.18.128.6"), ...foreign]);
    }
    await host.exec("ip route del default via 198.18.128.42 table 102; ip route del default via 198.18.128.41 table 102");
    await at.replay();
    await isDeclared(one);
  });

  it("goes by what the service saw last where a client makes no route behind a link that was down, while the addresses are the same", async () => {
    await leads("via 198.18.128.1 dev eth1");
    await at.make({});
    for (const shell of shells) {
      const passes = (follows: string) => host.exec(`follows='${follows}' ${shell} /etc/policy-routing/replay --check 2>/dev/null || :`);
      const last = (sources: string) => `follows\troute inet table 102 default\teth1 via 198.18.128.1 dev eth1 onlink\t${sources}`;
      await host.exec("ip link set eth1 down; ip link set eth1 up");
      assert.deepEqual(await routes(), []);
      const missing =
        "missing: route inet table 102 default: ip -4 route add default via 198.18.128.1 dev eth1 onlink table 102 proto 214\n";
      assert.equal(await passes(last(" 198.18.128.2")), missing);
      assert.equal(await passes(last(" 198.18.128.3")), "", "another lease");
      assert.equal(await passes(""), "");
      await host.exec("ip link set eth1 down");
      assert.equal(await passes(last(" 198.18.128.2")), "", "it cannot be while the link is down");
      await host.exec("ip link set eth1 up");
    }
  });

  it("takes what cannot be read for no answer: nothing goes, a change is refused, and that is told", async () => {
    await leads("via 198.18.128.1 dev eth1");
    const one = await at.make({});
    await leads("via 198.18.128.6 dev eth1");
    for (const broken of ["echo 'netlink error' >&2; exit 2", "echo 'Dump was interrupted and may be inconsistent.' >&2; exit 0"]) {
      const restore = await host.replaceBinary(
        "/sbin/ip",
        `#!/bin/sh\ncase "$*" in *table\\ main\\ default* | *table\\ all\\ default*) ${broken} ;; esac\nexec ip.real "$@"\n`,
      );
      for (const shell of shells) {
        assert.match((await at.replay("", shell)).stderr, /refused: ip could not show|faster than ip can show/);
        assert.deepEqual(await routes(), [ours("198.18.128.1")]);
      }
      closeHosts();
      for (const seen of [read(one), update(one, { mtu: 1300 })])
        assert.match((await refusal(seen)).message, /ip could not show uplinks ways|faster than ip can show/);
      await restore();
    }
    closeHosts();
  });

  it("is shown with its device by trace and by a live report, and check says why one waits", async () => {
    const way = `${host.uplinks[1].gateway} (eth1 now)`;
    const declared = {
      ...{ connection: connectionOf(host), persist: "rc-local" },
      routes: { way: fields },
      rules: { from: { priority: 1000, family: "inet", from: { addressesOf: "eth1" }, table: 102 } },
    };
    const folder = await mkdtemp(join(tmpdir(), "test-host-gateway-"));
    const report = async (): Promise<string> => {
      const file = join(folder, "plan.json");
      await writeFile(file, previewOf([{ kind: "HostRouting", name: "edge", after: declared }]));
      const page = join(folder, "report.html");
      const main = join(__dirname, "../../provider/dist/cli/main.js");
      const { stdout, stderr } = await run([process.execPath, main, "report", file, "--live", "--html", page]);
      assert.equal(stderr, "");
      return `${stdout}\n${await readFile(page, "utf8")}`;
    };
    assert.match(await report(), /route inet table 102 default: waits for a gateway: eth1 has 198\.18\.128\.2, and nobody makes a default/);
    await leads(`via ${host.uplinks[1].gateway} dev eth1`);
    const said = await report();
    assert.match(said, /# ip -4 route default via @eth1 table 102: eth1 has the gateway 198\.18\.128\.1 now\n/);
    assert.match(said, /pref 1000 from 198\.18\.128\.2 \(eth1 now\)/);
    assert.ok(said.includes(`default via ${way}`), "in the picture");
    at.keep(await create("HostRouting", { ...declared, connection: host.connection }));
    const trace = (await commandAt(host, "trace", "--to", "192.0.2.1", "--from", "198.18.128.2")).stdout;
    assert.match(trace, /^ip -4 rule pref 1000 from 198\.18\.128\.2 \(eth1 now\) table 102$/m);
    assert.ok(trace.includes(`decides: default via ${way} dev eth1 table 102 onlink`), trace);
    const observed = join(folder, "state.json");
    await writeFile(observed, (await commandAt(host, "observe")).stdout);
    const main = join(__dirname, "../../provider/dist/cli/main.js");
    const later = await run([process.execPath, main, "trace", "--state", observed, "--to", "192.0.2.1", "--from", "198.18.128.2"]);
    assert.equal(later.stdout, trace);
    assert.doesNotMatch((await commandAt(host, "check")).stdout, /waits for a gateway|by a lease|are followed/);
    await host.exec("ip route flush default dev eth1; ip route flush table 102");
    assert.match((await commandAt(host, "check")).stdout, /^risk: route inet table 102 default: waits for a gateway: eth1 has/m);
    await rm(folder, { recursive: true });
  });

  it("cannot be without something that follows, and takes nothing that is a matter of the gateway", async () => {
    await assert.rejects(at.make({ persist: "none" }), /persist: cannot be none with via\.gatewayOf/);
    await assert.rejects(at.make({ family: undefined }), /family: is required/);
    await assert.rejects(at.make({ dev: "eth0" }), /dev: is another device than via\.gatewayOf/);
    await assert.rejects(at.make({ src: "198.18.128.2" }), /src: cannot be combined with via\.gatewayOf/);
    await assert.rejects(at.make({ via: { gatewayOf: "eth 1" } }), /via\.gatewayOf: expected a device name/);
    await assert.rejects(at.make({ via: "here" }), /via: expected the gateway's own address, .*or \{ gatewayOf: "eth1" \}/);
  });
});
