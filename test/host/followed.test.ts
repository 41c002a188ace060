// Rules from whatever addresses a device has: resolved on the host, by a transaction and by what looks after it, and never guessed.
import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { until } from "../lab/until";
import { commandAt } from "./command";
import { following, register, shells, store } from "./following";
import { rulesOf, watch } from "./monitor";
import { create, type Fields, type Made, read, refusal, update, warnings } from "./resource";

describe("a rule from the addresses of a device", function () {
  this.timeout(60_000);
  const at = following("test-host-followed", "PolicyRule", {
    ...{ priority: 1000, family: "inet", from: { addressesOf: "eth1" }, table: 102 },
  });
  let host: Host;
  before(() => {
    host = at.host;
  });

  const line = (from: string): string => `1000: from ${from} lookup 102 proto 214`;
  const found = async (one: Made): Promise<unknown> => (await at.found(one))?.["from"];

  it("is made of what the device has, stays symbolic in state and store, and follows with nothing missing in between", async () => {
    const one = await at.make({});
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
      assert.equal((await at.replay("", shell)).stderr, "added rule inet 1000\n");
      assert.deepEqual(await watching.end(), [line(now)]);
      assert.deepEqual(await found(one), { addressesOf: "eth1" }, "two at once are no drift");
      await host.exec(`ip addr del ${old}/18 dev eth1`);
      assert.equal(
        (await at.replay("", shell)).stderr,
        `removed rule inet 1000, which its device has no more: ip rule pref 1000 from ${old} table 102 proto 214\n`,
      );
      assert.deepEqual(await rulesOf(host), [line(now)]);
      assert.deepEqual(await found(one), { addressesOf: "eth1" });
      assert.equal((await at.replay("--check", shell)).code, 0);
    }
  });

  it("says what stands there where the host has not followed, and the next change makes it right", async () => {
    const one = await at.make({});
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip addr del 198.18.128.2/18 dev eth1");
    assert.equal(await found(one), "198.18.128.2");
    await host.exec("ip rule add pref 1000 from 198.18.128.77 table 102 proto 214");
    assert.deepEqual(await found(one), ["198.18.128.2", "198.18.128.77"]);
    await at.change({ ...one, state: { ...one.state, from: "198.18.128.2" } }, {});
    assert.deepEqual(await rulesOf(host), [line("198.18.128.9")]);
  });

  it("keeps what the device had last while it has nothing, unless another device has it now", async () => {
    const one = await at.make({});
    await host.exec("ip addr flush dev eth1 scope global");
    for (const shell of shells) {
      assert.match((await at.replay("", shell)).stderr, /^pending: rule inet 1000: eth1 has no address\n$/);
      assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
    }
    assert.deepEqual(await found(one), { addressesOf: "eth1" });
    const other = await at.change(one, { table: 103 });
    assert.equal(other.state["persisted"], "rc-local: followed only at a boot; pending: eth1 has no IPv4 address");
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 103 proto 214"]);
    await host.exec("ip addr add 198.18.128.2/32 dev eth0");
    assert.match((await at.replay()).stderr, /removed rule inet 1000/);
    assert.deepEqual(await rulesOf(host), []);
    await host.exec("ip addr del 198.18.128.2/32 dev eth0");
  });

  it("waits for a device that is not there: told, owned, persisted, no drift; it comes with the device and goes with its resource", async () => {
    let one: Made | undefined;
    const told = await warnings(async () => {
      one = await at.make({ from: { addressesOf: "tun9" } });
    });
    assert.ok(one !== undefined);
    assert.match(told, /warning: .*from @tun9.*pending: tun9 has no IPv4 address yet/);
    assert.match(String(one.state["persisted"]), /; pending: tun9 has no IPv4 address$/);
    assert.deepEqual(await rulesOf(host), []);
    assert.deepEqual(await found(one), { addressesOf: "tun9" });
    await host.exec("ip link add tun9 type veth peer name tun9p; ip link set tun9 up; ip addr add 10.9.0.1 peer 10.9.0.2/32 dev tun9");
    assert.equal((await at.replay()).stderr, "added rule inet 1000\n");
    assert.deepEqual(await rulesOf(host), [line("10.9.0.1")]);
    assert.deepEqual(await found(one), { addressesOf: "tun9" });
    await host.exec("ip link set tun9 down; ip link set tun9 name tun8; ip link set tun8 up");
    assert.match((await at.replay()).stderr, /^pending: rule inet 1000: tun9 has no address\n/);
    await host.exec("ip link del tun8");
    const told2 = await warnings(async () => {
      if (one !== undefined) await at.remove(one);
    });
    assert.equal(told2, "");
    assert.equal((await host.result(`ls /etc/policy-routing`)).code, 2);
  });

  it("becomes literal and back, and another device's, without a gap", async () => {
    let one = await at.make({ from: "198.18.128.2" });
    for (const [from, last] of [
      [{ addressesOf: "eth1" }, "198.18.128.2"],
      [{ addressesOf: "eth0" }, "198.18.64.2"],
      [["198.18.128.2", "198.18.64.2"], "198.18.128.2"],
      [{ addressesOf: "eth1" }, "198.18.128.2"],
    ] as const) {
      one = await at.change(one, { from });
      assert.equal((await rulesOf(host)).at(-1), line(last));
      assert.deepEqual(await found(one), from);
      assert.equal((await at.replay("--check")).code, 0);
    }
  });

  it("changes places with another one, goes from one resource to another, and takes over what says the same", async () => {
    const rule = (device: string): Fields => ({ family: "inet", from: { addressesOf: device }, table: 102 });
    const whole = async (first: string, second: string): Promise<Fields> => ({
      ...{ connection: host.connection, persist: "rc-local" },
      rules: { first: { priority: 1000, ...rule(first) }, second: { priority: 1001, ...rule(second) } },
    });
    const stands = (...from: string[]): string[] => from.map((one, index) => `${1000 + index}: from ${one} lookup 102 proto 214`);
    let both = at.keep(await create("HostRouting", await whole("eth1", "eth0")));
    assert.deepEqual(await rulesOf(host), stands("198.18.128.2", "198.18.64.2"));
    const watching = await watch(host, ["monitor", "rule"]);
    both = await at.change(both, await whole("eth0", "eth1"));
    await watching.end();
    assert.deepEqual(await rulesOf(host), stands("198.18.64.2", "198.18.128.2"));
    // Renamed: the new one is made first, and the old one then has nothing to remove.
    const renamed = at.keep(await create("HostRouting", await whole("eth0", "eth1")));
    await at.remove(both);
    assert.deepEqual(await rulesOf(host), stands("198.18.64.2", "198.18.128.2"));
    assert.equal((await at.replay("--check")).code, 0);
    await at.remove(renamed);
    await host.exec("ip rule add pref 1000 from 198.18.128.2 table 102");
    const one = await at.make({ adopt: "same" });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2")]);
    assert.deepEqual(await found(one), { addressesOf: "eth1" });
  });

  it("takes of IPv6 the /64, or the address where its length is another, and follows two prefixes at once", async () => {
    const six = (from: string): string => line(from);
    const one = await at.make({ family: "inet6" });
    assert.deepEqual(await rulesOf(host, "-6"), [six("2001:db8:2::/64")]);
    await host.exec(
      "ip addr add 2001:db8:2:6:0:1::9/64 dev eth1; ip addr add 2001:db8:7::5/128 dev eth1; ip addr add 2001:db8:0:1::1/64 dev eth1",
    );
    for (const shell of shells) {
      await host.exec("ip -6 rule flush proto 214");
      await at.replay("", shell);
      const all = ["2001:db8:0:1::/64", "2001:db8:2:6::/64", "2001:db8:2::/64", "2001:db8:7::5"].map(six);
      assert.deepEqual((await rulesOf(host, "-6")).sort(), all);
      assert.deepEqual(await found(one), { addressesOf: "eth1" });
    }
  });

  it("takes of IPv6 what is temporary, deprecated or tentative as well, and leaves what is link-local or a duplicate", async () => {
    const one = await at.make({ family: "inet6" });
    const conf = "/proc/sys/net/ipv6/conf/eth1";
    const prefix = (number: number): string => `2001:db8:2:1${number}::`;
    await at.provider.exec(`ip addr add ${prefix(3)}5/64 dev br0 nodad`);
    await host.exec(
      `echo 2 >${conf}/use_tempaddr; ip addr add ${prefix(0)}5/64 dev eth1 mngtmpaddr nodad valid_lft 600 preferred_lft 300; ` +
        `ip addr add ${prefix(1)}5/64 dev eth1 nodad valid_lft 600 preferred_lft 0; ip addr add ${prefix(3)}5/64 dev eth1`,
    );
    const shown = (): Promise<string> => host.exec("ip -6 -o addr show dev eth1");
    await until("the duplicate to be found", async () => (/ dadfailed /.test(await shown()) ? true : undefined));
    await host.exec(`echo 100 >${conf}/dad_transmits; ip addr add ${prefix(2)}5/64 dev eth1`);
    const all = await shown();
    for (const [number, flag] of ["temporary", "deprecated", "tentative", "dadfailed"].entries())
      assert.match(all, new RegExp(`inet6 ${prefix(number).slice(0, -1)}\\S+/64 scope global [^\\n]*\\b${flag}\\b`));
    const rules = ["2001:db8:2::/64", ...[0, 1, 2].map((number) => `${prefix(number)}/64`)].sort().map(line);
    for (const shell of shells) {
      await host.exec("ip -6 rule flush proto 214");
      await at.replay("", shell);
      assert.deepEqual((await rulesOf(host, "-6")).sort(), rules);
      assert.deepEqual(await found(one), { addressesOf: "eth1" });
    }
    await at.change(one, { table: 103 });
    assert.deepEqual(
      (await rulesOf(host, "-6")).sort(),
      rules.map((each) => each.replace("102", "103")),
    );
    await host.exec(`echo 0 >${conf}/use_tempaddr; echo 1 >${conf}/dad_transmits`);
  });

  it("touches nothing foreign at its priority, a twin neither", async () => {
    await at.make({});
    const foreign = ["pref 1000 from 198.18.128.9 table 102 proto 4", "pref 1000 from 198.18.128.2 table 77"];
    for (const words of foreign) await host.exec(`ip rule add ${words}`);
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip addr del 198.18.128.2/18 dev eth1");
    await at.replay();
    const all = ["1000: from 198.18.128.2 lookup 77", "1000: from 198.18.128.9 lookup 102 proto 4", line("198.18.128.9")];
    assert.deepEqual((await rulesOf(host)).sort(), all.sort());
    for (const words of foreign) await host.exec(`ip rule del ${words}`);
  });

  it("is told behind a foreign rule that takes its packets, of any of its addresses", async () => {
    const one = await at.make({});
    await host.exec("ip addr add 198.18.128.9/18 dev eth1; ip rule add pref 999 from 198.18.128.9 table 77");
    for (const shell of shells) {
      await host.exec("ip rule flush proto 214");
      await at.replay("", shell);
      assert.match(
        (await at.replay("", shell)).stderr,
        /^foreign, and before rule inet 1000, whose packets it takes: ip rule 999: from 198\.18\.128\.9 lookup 77$/m,
      );
    }
    const told = await warnings(() => found(one));
    assert.match(told, /ip -4 rule pref 999 from 198\.18\.128\.9 table 77 \(proto 0\) takes its packets before it/);
    await host.exec("ip rule del pref 999");
  });

  it("is what check says to say in place of an address that a lease gave", async () => {
    await host.exec("ip addr flush dev eth1 scope global; ip addr add 198.18.128.2/18 dev eth1 valid_lft 600 preferred_lft 600");
    const one = await at.make({ from: "198.18.128.2" });
    const said = async (): Promise<string> => (await commandAt(host, "check")).stdout;
    assert.match(
      await said(),
      /^note: ip -4 rule pref 1000 from 198\.18\.128\.2 table 102: is from an address that eth1 has by a lease: [\s\S]*?from: \{ addressesOf: "eth1" \}/m,
    );
    await at.change(one, { from: { addressesOf: "eth1" } });
    assert.doesNotMatch(await said(), /by a lease/);
  });

  it("takes what cannot be read for no answer: nothing goes, a change is refused, and that is told", async () => {
    const one = await at.make({});
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
        assert.match((await at.replay("", shell)).stderr, /refused: ip could not show|faster than ip can show/);
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
    await assert.rejects(at.make({ persist: "none" }), /persist: cannot be none with from\.addressesOf/);
    await assert.rejects(at.make({ family: undefined }), /family: is required where neither from nor to says it/);
    await assert.rejects(at.make({ not: true }), /not: cannot be combined with several prefixes in from/);
    await assert.rejects(at.make({ from: { addressesOf: "eth 1" } }), /from\.addressesOf: expected a device name/);
  });
});
