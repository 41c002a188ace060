// Rules from whatever addresses a device has: resolved on the host, by a transaction and by what looks after it, and never guessed.
import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { rulesOf, watch } from "./monitor";
import { create, type Fields, type Made, read, refusal, remove, update, warnings } from "./resource";

const register = "/run/policy-routing/register";
const store = "/etc/policy-routing/objects";
const shells = ["dash", "busybox sh"];

describe("a rule from the addresses of a device", function () {
  this.timeout(60_000);
  let lab: Lab;
  let host: Host;
  let made: Made[] = [];
  before(async () => {
    await ensurePackages(["busybox"]);
    lab = await startLab({ name: "test-host-followed" });
    host = lab.hosts[0];
    // Addresses go one by one, as with every manager.
    await host.exec("echo 1 >/proc/sys/net/ipv4/conf/eth1/promote_secondaries");
  });
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    made = [];
    closeHosts();
    await host.exec(
      "ip addr flush dev eth1 scope global; ip addr add 198.18.128.2/18 dev eth1; ip addr add 2001:db8:2::2/64 dev eth1 nodad",
    );
    assert.deepEqual([await rulesOf(host), await rulesOf(host, "-6")], [[], []]);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const make = async (fields: Fields): Promise<Made> => {
    const one = await create("PolicyRule", {
      connection: host.connection,
      persist: "rc-local",
      priority: 1000,
      family: "inet",
      from: { addressesOf: "eth1" },
      table: 102,
      ...fields,
    });
    made.push(one);
    return one;
  };
  const change = async (one: Made, fields: Fields): Promise<Made> => {
    made = made.filter((other) => other !== one);
    const now = await update(one, fields);
    made.push(now);
    return now;
  };
  const line = (from: string): string => `1000: from ${from} lookup 102 proto 214`;
  const replay = (options = "", shell = "sh") => host.result(`${shell} /etc/policy-routing/replay ${options}`);
  const found = async (one: Made): Promise<unknown> => {
    closeHosts();
    return (await read(one))?.["from"];
  };

  it("is made of what the device has, stays symbolic in state and store, and follows with nothing missing in between", async () => {
    const one = await make({});
    assert.deepEqual(one.state["from"], { addressesOf: "eth1" });
    assert.equal(one.state["persisted"], "rc-local: followed only at a boot");
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
    assert.match(await host.exec(`tail -1 ${register}`), /^rule inet 1000\t\S+\t\S+\t@eth1\n$/);
    const [header, words] = (await host.exec(`cat ${store}/*`)).split("\n");
    assert.match(header ?? "", /^# pulumi-policy-routing 4\t/);
    assert.equal(words, "rule add pref 1000 from @eth1 table 102 proto 214");
    for (const [index, shell] of shells.entries()) {
      const [old, now] = [`198.18.128.${2 + index}`, `198.18.128.${3 + index}`];
      await host.exec(`ip addr add ${now}/18 dev eth1`);
      const watching = await watch(host, ["monitor", "rule"]);
      assert.equal((await replay("", shell)).stderr, "added rule inet 1000\n");
      assert.deepEqual(await watching.end(), [line(now)]);
      assert.deepEqual(await found(one), { addressesOf: "eth1" }, "two at once are no drift");
      await host.exec(`ip addr del ${old}/18 dev eth1`);
      assert.equal(
        (await replay("", shell)).stderr,
        `removed rule inet 1000, which its device has no more: ip rule pref 1000 from ${old} table 102 proto 214\n`,
      );
      assert.deepEqual(await rulesOf(host), [line(now)]);
      assert.deepEqual(await found(one), { addressesOf: "eth1" });
      assert.equal((await replay("--check", shell)).code, 0);
    }
  });

  it("says what stands there where the host has not followed, and the next change makes it right", async () => {
    const one = await make({});
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip addr del 198.18.128.2/18 dev eth1");
    assert.equal(await found(one), "198.18.128.2");
    await host.exec("ip rule add pref 1000 from 198.18.128.77 table 102 proto 214");
    assert.deepEqual(await found(one), ["198.18.128.2", "198.18.128.77"]);
    await change({ ...one, state: { ...one.state, from: "198.18.128.2" } }, {});
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9")]);
  });

  it("keeps what the device had last while it has nothing, unless another device has it now", async () => {
    const one = await make({});
    await host.exec("ip addr flush dev eth1 scope global");
    for (const shell of shells) {
      assert.match((await replay("", shell)).stderr, /^pending: rule inet 1000: eth1 has no address\n$/);
      assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
    }
    closeHosts();
    assert.deepEqual((await read(one))?.["from"], { addressesOf: "eth1" });
    const other = await change(one, { table: 103 });
    assert.equal(other.state["persisted"], "rc-local: followed only at a boot; pending: eth1 has no IPv4 address");
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 103 proto 214"]);
    await host.exec("ip addr add 198.18.128.2/32 dev eth0");
    assert.match((await replay()).stderr, /removed rule inet 1000/);
    assert.deepEqual(await rulesOf(host), []);
    await host.exec("ip addr del 198.18.128.2/32 dev eth0");
  });

  it("waits for a device that is not there: told, owned, persisted, no drift; it comes with the device and goes with its resource", async () => {
    let one: Made | undefined;
    const told = await warnings(async () => {
      one = await make({ from: { addressesOf: "tun9" } });
    });
    assert.ok(one !== undefined);
    assert.match(told, /warning: .*from @tun9.*pending: tun9 has no IPv4 address yet/);
    assert.match(String(one.state["persisted"]), /; pending: tun9 has no IPv4 address$/);
    assert.deepEqual(await rulesOf(host), []);
    assert.deepEqual(await found(one), { addressesOf: "tun9" });
    await host.exec("ip link add tun9 type veth peer name tun9p; ip link set tun9 up; ip addr add 10.9.0.1 peer 10.9.0.2/32 dev tun9");
    assert.equal((await replay()).stderr, "added rule inet 1000\n");
    assert.deepEqual(await rulesOf(host), [line("10.9.0.1")]);
    assert.deepEqual(await found(one), { addressesOf: "tun9" });
    await host.exec("ip link set tun9 down; ip link set tun9 name tun8; ip link set tun8 up");
    assert.match((await replay()).stderr, /^pending: rule inet 1000: tun9 has no address\n/);
    await host.exec("ip link del tun8");
    const told2 = await warnings(async () => {
      if (one !== undefined) await remove(one);
    });
    made = [];
    assert.equal(told2, "");
    assert.equal((await host.result(`ls /etc/policy-routing`)).code, 2);
  });

  it("becomes literal and back, and another device's, without a gap", async () => {
    let one = await make({ from: "198.18.128.2" });
    for (const [from, last] of [
      [{ addressesOf: "eth1" }, "198.18.128.2"],
      [{ addressesOf: "eth0" }, "198.18.64.2"],
      [["198.18.128.2", "198.18.64.2"], "198.18.128.2"],
      [{ addressesOf: "eth1" }, "198.18.128.2"],
    ] as const) {
      one = await change(one, { from });
      assert.equal((await rulesOf(host)).at(-1), line(last));
      assert.deepEqual(await found(one), from);
      assert.equal((await replay("--check")).code, 0);
    }
  });

  it("changes places with another one, goes from one resource to another, and takes over what says the same", async () => {
    const rule = (device: string): Fields => ({ family: "inet", from: { addressesOf: device }, table: 102 });
    const whole = async (first: string, second: string): Promise<Fields> => ({
      ...{ connection: host.connection, persist: "rc-local" },
      rules: { first: { priority: 1000, ...rule(first) }, second: { priority: 1001, ...rule(second) } },
    });
    const stands = (...from: string[]): string[] => from.map((one, index) => `${1000 + index}: from ${one} lookup 102 proto 214`);
    let both = await create("HostRouting", await whole("eth1", "eth0"));
    made.push(both);
    assert.deepEqual(await rulesOf(host), stands("198.18.128.2", "198.18.64.2"));
    const watching = await watch(host, ["monitor", "rule"]);
    both = await change(both, await whole("eth0", "eth1"));
    await watching.end();
    assert.deepEqual(await rulesOf(host), stands("198.18.64.2", "198.18.128.2"));
    // Renamed: the new one is made first, and the old one then has nothing to remove.
    const renamed = await create("HostRouting", await whole("eth0", "eth1"));
    made.push(renamed);
    await remove(both);
    made = made.filter((one) => one !== both);
    assert.deepEqual(await rulesOf(host), stands("198.18.64.2", "198.18.128.2"));
    assert.equal((await replay("--check")).code, 0);
    await remove(renamed);
    made = [];
    await host.exec("ip rule add pref 1000 from 198.18.128.2 table 102");
    const one = await make({ adopt: "same" });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
    assert.deepEqual(await found(one), { addressesOf: "eth1" });
  });

  it("takes of IPv6 the /64, or the address where its length is another, and follows two prefixes at once", async () => {
    const six = (from: string): string => line(from);
    const one = await make({ family: "inet6" });
    assert.deepEqual(await rulesOf(host, "-6"), [six("2001:db8:2::/64")]);
    await host.exec(
      "ip addr add 2001:db8:2:6:0:1::9/64 dev eth1; ip addr add 2001:db8:7::5/128 dev eth1; ip addr add 2001:db8:0:1::1/64 dev eth1",
    );
    for (const shell of shells) {
      await host.exec("ip -6 rule flush proto 214");
      await replay("", shell);
      const all = ["2001:db8:0:1::/64", "2001:db8:2:6::/64", "2001:db8:2::/64", "2001:db8:7::5"].map(six);
      assert.deepEqual((await rulesOf(host, "-6")).sort(), all);
      assert.deepEqual(await found(one), { addressesOf: "eth1" });
    }
  });

  it("touches nothing foreign at its priority, a twin neither", async () => {
    await make({});
    const foreign = ["pref 1000 from 198.18.128.9 table 102 proto 4", "pref 1000 from 198.18.128.2 table 77"];
    for (const words of foreign) await host.exec(`ip rule add ${words}`);
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip addr del 198.18.128.2/18 dev eth1");
    await replay();
    const all = ["1000: from 198.18.128.2 lookup 77", "1000: from 198.18.128.9 lookup 102 proto 4", line("198.18.128.9")];
    assert.deepEqual((await rulesOf(host)).sort(), all.sort());
    for (const words of foreign) await host.exec(`ip rule del ${words}`);
  });

  it("takes what cannot be read for no answer: nothing goes, a change is refused, and that is told", async () => {
    const one = await make({});
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip addr del 198.18.128.2/18 dev eth1");
    for (const broken of [
      "echo 'netlink error' >&2; exit 2",
      "echo 'Dump was interrupted and may be inconsistent.' >&2; exec ip.real -o address show dev lo",
    ]) {
      const restore = await host.replaceBinary(
        "/sbin/ip",
        `#!/bin/sh\ncase "$*" in *address\\ show*) ${broken} ;; esac\nexec ip.real "$@"\n`,
      );
      for (const shell of shells) {
        assert.match((await replay("", shell)).stderr, /refused: ip could not show|faster than ip can show/);
        assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
      }
      closeHosts();
      assert.match((await refusal(read(one))).message, /ip could not show uplinks addresses|faster than ip can show/);
      assert.match((await refusal(update(one, { table: 103 }))).message, /ip could not show uplinks addresses|faster than ip can show/);
      await restore();
    }
    closeHosts();
  });

  it("cannot be without something that follows, and needs its family said", async () => {
    await assert.rejects(make({ persist: "none" }), /persist: cannot be none with from\.addressesOf/);
    await assert.rejects(make({ family: undefined }), /family: is required where neither from nor to says it/);
    await assert.rejects(make({ not: true }), /not: cannot be combined with several prefixes in from/);
    await assert.rejects(make({ from: { addressesOf: "eth 1" } }), /from\.addressesOf: expected a device name/);
  });
});
