import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { cleanHost } from "./cleanHost";
import { routesOf, rulesOf } from "./monitor";
import { checked, create, type Fields, read, refusal, remove, update, warnings } from "./resource";

/** Nothing answers there, so the change is undone. */
const failing = { confirmTimeout: 5, probes: [{ ping: "203.0.113.250", expect: true }] };

describe("what others have made on a host", function () {
  this.timeout(60_000);
  let host: Host;
  const at = cleanHost("test-host-adoption");
  before(() => {
    host = at.host;
  });

  const ip = (channel: string, ...lines: string[]): Promise<string> => host.exec(lines.map((line) => `ip ${channel} ${line}`).join(" && "));
  const adopting = (fields: Fields): Fields => ({ connection: host.connection, adopt: true, ...fields });
  const sides = {
    inet: { destination: "10.7.0.0/16", via: "198.18.128.1", given: "192.168.64.1/24", network: "192.168.64.0/24", channel: "-4" },
    inet6: { destination: "2001:db8:7::/48", via: "2001:db8:2::1", given: "2001:db8:64::1/64", network: "2001:db8:64::/64", channel: "-6" },
  } as const;

  for (const [family, { destination, via, given, network, channel }] of Object.entries(sides)) {
    it(`${family}: a lock of a route that is taken over comes back when that is undone, and its loss is told`, async () => {
      await host.batch([`route add ${destination} via ${via} dev eth1 table 100 mtu lock 1400 proto 4`]);
      const before = await host.snapshot();
      const route = adopting({ destination, via, dev: "eth1", table: 100, mtu: 1400 });
      const error = await refusal(create("PolicyRoute", { ...route, guard: failing }));
      assert.match(error.message, /: reverted \(verified\): ping /);
      assert.equal(await host.snapshot(), before);
      const said = await warnings(async () => remove(await create("PolicyRoute", route)));
      assert.match(said, /took over ip .* mtu lock 1400 .*\(proto 4\), which becomes ip .* mtu 1400/);
    });

    it(`${family}: a route with a lock that cannot be declared is not taken over`, async () => {
      await host.batch([`route add ${destination} via ${via} dev eth1 table 100 hoplimit lock 10 reordering lock 4`]);
      const route = adopting({ destination, via, dev: "eth1", table: 100, hoplimit: 10, reordering: 4 });
      assert.match(
        (await refusal(create("PolicyRoute", route))).message,
        /could not be put back: (hoplimit lock, reordering|reordering lock, hoplimit) lock/,
      );
      await host.batch([`route del ${destination} table 100`]);
    });

    it(`${family}: a rule with host bits is taken over, given back as it was, and destroyed without a rest`, async () => {
      for (const proto of ["", " proto 4"]) {
        await ip(channel, `rule add pref 1000 from ${given} table 11${proto}`);
        const before = await host.snapshot();
        const rule = adopting({ priority: 1000, from: given, table: 11 });
        const error = await refusal(create("PolicyRule", { ...rule, guard: failing }));
        assert.match(error.message, /: reverted \(verified\): ping /);
        assert.equal(await host.snapshot(), before);
        const made = await create("PolicyRule", rule);
        assert.deepEqual(await rulesOf(host, channel), [`1000: from ${network} lookup 11 proto 214`]);
        await remove(made);
        assert.equal(await host.snapshot(), at.clean);
      }
    });

    it(`${family}: rules that say the same are all taken over, also beside ours`, async () => {
      const twins = [`rule add pref 1000 from ${network} table 11 proto 4`, `rule add pref 1000 from ${network} table 11`];
      await ip(channel, ...twins);
      const rule = { connection: host.connection, priority: 1000, from: network, table: 11 };
      assert.match((await refusal(create("PolicyRule", rule))).message, /a foreign rule says the same/);
      const made = await create("PolicyRule", { ...rule, adopt: true });
      assert.deepEqual(await rulesOf(host, channel), [`1000: from ${network} lookup 11 proto 214`]);
      // A manager that was restarted.
      await ip(channel, ...twins);
      const changed = await update(made, { adopt: false, table: 12 });
      assert.equal((await rulesOf(host, channel)).length, 3);
      await ip(channel, `rule add pref 1000 from ${network} table 12 proto 4`);
      const said = await warnings(() => update(changed, { adopt: true, table: 13 }));
      assert.match(said, /took over ip .* table 12 \(proto 4\)/);
      assert.equal((await rulesOf(host, channel)).length, 3);
      await remove(changed);
      await ip(channel, "rule del pref 1000 table 11", "rule del pref 1000 table 11");
    });
  }

  it("a route of the kernel, of router advertisements or of a DHCP client is not taken over, and why is said", async () => {
    const connected = adopting({ destination: "198.18.128.0/18", dev: "eth1", src: "198.18.128.2" });
    assert.match((await refusal(create("PolicyRoute", connected))).message, /is not taken over: the kernel makes it/);
    for (const [proto, why] of [
      [9, /it was learned from router advertisements/],
      [16, /a DHCP client made it/],
    ] as const) {
      await host.batch([`route add default via 198.18.128.1 dev eth1 table 100 proto ${proto}`]);
      const error = await refusal(
        create("PolicyRoute", adopting({ destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 })),
      );
      assert.match(error.message, why);
      assert.match(error.message, /next: choose another metric/);
      await host.batch(["route del default table 100"]);
    }
  });

  it("a manager's equal route beside ours blocks nothing: it stays, is told, and goes with adopt", async () => {
    const route = { connection: host.connection, destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 };
    for (const [verb, which] of [
      ["append", /ours comes first/],
      ["prepend", /it comes first: packets go by it, not by ours/],
    ] as const) {
      let made = await create("PolicyRoute", route);
      await host.batch([`route ${verb} default via 198.18.128.1 dev eth1 table 100 proto 4`]);
      const twin = "default via 198.18.128.1 dev eth1 proto 4";
      const said = await warnings(async () => {
        made = await update(made, { mtu: 1400 });
      });
      assert.match(said, /beside it stands ip -4 route default via 198\.18\.128\.1 dev eth1 table 100 proto 4; /);
      assert.match(said, which);
      const ours = "default via 198.18.128.1 dev eth1 proto 214 mtu 1400";
      assert.deepEqual(await routesOf(host, 100), verb === "append" ? [ours, twin] : [twin, ours]);
      const before = await host.snapshot();
      const error = await refusal(update(made, { mtu: 1300, guard: failing }));
      assert.match(error.message, /: reverted \(verified\): ping /);
      assert.equal(await host.snapshot(), before);
      assert.deepEqual(await routesOf(host, 100), verb === "append" ? [ours, twin] : [twin, ours]);
      const adopted = await update(made, { mtu: 1200, adopt: true });
      assert.deepEqual(await routesOf(host, 100), ["default via 198.18.128.1 dev eth1 proto 214 mtu 1200"]);
      await host.batch([`route ${verb} default via 198.18.128.1 dev eth1 table 100 proto 4`]);
      await remove(adopted);
      assert.deepEqual(await routesOf(host, 100), [twin]);
      await host.batch(["route del default table 100"]);
    }
  });

  it("a next hop that somebody added to our IPv6 route is taken away only by adopt, and stays when ours goes", async () => {
    const route = { connection: host.connection, destination: "default", via: "2001:db8:2::1", dev: "eth1", table: 100 };
    const made = await create("PolicyRoute", route);
    const added = "route append default via 2001:db8:2::77 dev eth1 table 100 proto 4";
    await host.batch([added]);
    const before = await host.snapshot();
    assert.match((await refusal(update(made, { mtu: 1400 }))).message, /somebody added next hops to it.*: via 2001:db8:2::77 dev eth1/);
    assert.equal(await host.snapshot(), before);
    const said = await warnings(async () => {
      await remove(await update(made, { mtu: 1400, adopt: true }));
    });
    assert.match(said, /removed next hops that are not declared: via 2001:db8:2::77/);
    const again = await create("PolicyRoute", route);
    await host.batch([added]);
    await remove(again);
    assert.deepEqual(await routesOf(host, 100, "-6"), ["default via 2001:db8:2::77 dev eth1 proto 4 metric 1024 pref medium"]);
    await host.exec("ip -6 route del default table 100");
  });

  it("a rule that jumps and names a table, at which the kernel never looks, is told with it, and given back with it", async () => {
    await host.batch(["rule add pref 1000 from 192.0.2.0/24 goto 2000 table 77 proto 4"]);
    const before = await host.snapshot();
    const rule = adopting({ priority: 1000, from: "192.0.2.0/24", goto: 2000 });
    assert.match((await refusal(create("PolicyRule", { ...rule, guard: failing }))).message, /: reverted \(verified\): ping /);
    assert.equal(await host.snapshot(), before);
    const said = await warnings(async () => remove(await create("PolicyRule", rule)));
    assert.match(said, /took over ip -4 rule pref 1000 from 192\.0\.2\.0\/24 table 77 goto 2000 \(proto 4\)/);
  });

  it('with adopt: "same" only what is declared word by word is taken over; what differs is refused, both are shown, nothing is changed', async () => {
    await host.batch([
      "rule add pref 1000 from 10.6.0.0/16 table 300",
      "rule add pref 1001 from 10.7.0.0/16 table 300 proto 4",
      "route add default via 198.18.128.1 dev eth1 table 300",
    ]);
    const before = await host.snapshot();
    const fields = (from: string): Fields => ({
      ...adopting({ adopt: "same" }),
      routes: { default: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 300 } },
      rules: { one: { priority: 1000, from, table: 300 }, two: { priority: 1001, from: "10.7.0.0/16", table: 300 } },
    });
    const { message } = await refusal(create("HostRouting", fields("10.66.0.0/16")));
    assert.match(
      message,
      /there ip -4 rule pref 1000 from 10\.6\.0\.0\/16 table 300, proto 0; declared ip -4 rule pref 1000 from 10\.66\./,
    );
    assert.match(message, /next: declare it as it stands there, or set adopt: true to replace it/);
    assert.equal(await host.snapshot(), before);
    const made = await create("HostRouting", fields("10.6.0.0/16"));
    assert.deepEqual(await rulesOf(host), ["1000: from 10.6.0.0/16 lookup 300 proto 214", "1001: from 10.7.0.0/16 lookup 300 proto 214"]);
    await remove(made);
  });

  it("an entry of HostRouting says for itself what may be taken over, and a refresh finds it as it says", async () => {
    await host.batch(["rule add pref 1000 from 10.6.0.0/16 table 300", "rule add pref 1001 from 10.7.0.0/16 table 300"]);
    const fields = (one: unknown, two: unknown, whole?: unknown): Fields => ({
      ...adopting({ adopt: whole }),
      rules: {
        one: { priority: 1000, from: "10.6.0.0/16", table: 300, adopt: one },
        two: { priority: 1001, from: "10.7.0.0/16", table: 300, adopt: two },
      },
    });
    assert.match((await refusal(create("HostRouting", fields("same", undefined)))).message, /rule inet 1001: a foreign rule says the same/);
    assert.match((await refusal(create("HostRouting", fields(undefined, false, true)))).message, /rule inet 1001: a foreign rule says the/);
    const made = await create("HostRouting", fields("same", true));
    assert.deepEqual(await read(made), await checked("HostRouting", made.fields));
    await remove(made);
  });

  it("names the address that is missing", async () => {
    const route = { connection: host.connection, destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 };
    assert.match(
      (await refusal(create("PolicyRoute", { ...route, src: "198.18.128.99" }))).message,
      /next: 198\.18\.128\.99 is no address of the host/,
    );
    assert.match((await refusal(create("PolicyRoute", { ...route, dev: "eth1@if3" }))).message, /next: write eth1: /);
    const six = { connection: host.connection, destination: "default", via: "2001:db8:2::1", dev: "eth1", table: 100 };
    assert.match(
      (await refusal(create("PolicyRoute", { ...six, src: "2001:db8:2::99" }))).message,
      /next: 2001:db8:2::99 is no address of the host/,
    );
    const expected = { connection: host.connection, rules: {}, expect: [{ from: "198.18.128.99", to: "192.0.2.1", dev: "eth1" }] };
    const rules = { from: { priority: 1000, from: "198.18.128.99", table: 100 } };
    assert.match(
      (await refusal(create("HostRouting", { ...expected, rules }))).message,
      /but it is unreachable: the source 198\.18\.128\.99 is no address of the host/,
    );
  });

  it("is read as drift and no more where a lock came to ours", async () => {
    const made = await create(
      "PolicyRoute",
      adopting({ destination: "10.7.0.0/16", via: "198.18.128.1", dev: "eth1", table: 100, mtu: 1400 }),
    );
    await host.batch(["route replace 10.7.0.0/16 via 198.18.128.1 dev eth1 table 100 mtu lock 1400 proto 214"]);
    assert.equal((await read(made))?.["mtuLock"], true);
    await remove(made);
  });
});
