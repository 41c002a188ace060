import { strict as assert } from "node:assert";
import { before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import type { Host } from "../lab/lab";
import { cleanHost } from "./cleanHost";
import { gaps, rulesOf, watch } from "./monitor";
import { checked, create, type Fields, read, refusal, remove, stack, update, warnings } from "./resource";

describe("HostRouting on a host", function () {
  this.timeout(60_000);
  let host: Host;
  const at = cleanHost("test-host-routing");
  before(() => {
    host = at.host;
  });

  const routing = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    tables: { second: { tableId: 100, name: "second" } },
    nexthops: { gate: { nhid: 7, via: "198.18.128.1", dev: "eth1" } },
    routes: {
      "by-object": { destination: "203.0.113.0/24", nhid: 7, table: 100 },
      "second-default": { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 },
      "second-link": { destination: "198.18.128.0/18", dev: "eth1", table: 100 },
      "second-v6": { family: "inet6", destination: "default", via: "2001:db8:2::1", dev: "eth1", table: 100 },
    },
    rules: {
      "second-from": { priority: 1000, from: "198.18.128.2", table: 100 },
      "second-from6": { priority: 1000, from: "2001:db8:2::2", table: 100 },
    },
    ...fields,
  });

  it("makes all of it in one transaction with two logins, reads it back as it was written, and takes it away", async () => {
    const logins = await host.countLogins();
    const made = await create("HostRouting", routing());
    assert.equal((await host.countLogins()) - logins, 2);
    assert.match(await host.exec("ls /run/policy-routing"), /^lock\.1$/m);
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 100 proto 214"]);
    assert.match(await host.exec("ip route show table second"), /default via 198\.18\.128\.1 dev eth1/);
    assert.deepEqual(await read(made), await checked("HostRouting", routing()));
    await remove(made);
  });

  it("a refusal by the kernel undoes all of it and names the entry", async () => {
    const made = await create("HostRouting", routing());
    const before = await host.snapshot();
    const bad = routing({
      routes: { other: { destination: "default", via: "192.0.2.99", dev: "eth1", table: 101 } },
      rules: {
        "second-from": { priority: 1000, from: "198.18.128.2", table: 101 },
        third: { priority: 1001, from: "198.51.100.1", table: 101 },
      },
    });
    const error = await refusal(update(made, bad));
    assert.match(
      error.message,
      /HostRouting: the kernel refused it; reverted \(verified\)\n {4}of route inet table 101 default; its undo: ip -4 /,
    );
    assert.match(error.message, /ran: ip -4 route add default via 192\.0\.2\.99 dev eth1 table 101 proto 214/);
    assert.match(error.message, /Nexthop has invalid gateway/);
    assert.equal(await host.snapshot(), before);
    await remove(made);
  });

  it("two entries change places without a moment in which one is missing", async () => {
    const from = (one: string, two: string): Fields => ({
      rules: { one: { priority: 1000, from: one, table: 100 }, two: { priority: 1001, from: two, table: 100 } },
    });
    const made = await create("HostRouting", { connection: host.connection, ...from("198.51.100.1", "198.51.100.2") });
    const rulesBefore = await rulesOf(host);
    const events = await watch(host);
    const swapped = await update(made, from("198.51.100.2", "198.51.100.1"));
    const seen = await events.end();
    assert.deepEqual(gaps(rulesBefore, seen, ["from 198.51.100.1 ", "from 198.51.100.2 "]), []);
    assert.deepEqual(await rulesOf(host), ["1000: from 198.51.100.2 lookup 100 proto 214", "1001: from 198.51.100.1 lookup 100 proto 214"]);
    await remove(swapped);
  });

  it("another label for an entry is an empty plan", async () => {
    const made = await create("HostRouting", routing());
    const transactions = await host.exec("ls /run/policy-routing");
    const before = await host.snapshot();
    const renamed = await update(made, {
      rules: {
        "renamed-6": { priority: 1000, from: "2001:db8:2::2", table: 100 },
        renamed: { priority: 1000, from: "198.18.128.2", table: 100 },
      },
    });
    assert.equal(await host.snapshot(), before);
    assert.equal(await host.exec("ls /run/policy-routing"), transactions, "no further transaction");
    await remove(renamed);
  });

  it("one key in two entries is a failure of the checks, and every problem is told with its path", async () => {
    const { failures } = await handlers("HostRouting").check(
      {},
      {
        owner: { stack },
        ...routing({
          tables: { one: { tableId: 5, name: "five" }, two: { tableId: 5, name: "cinq" } },
          routes: {
            a: { destination: "203.0.113.0/24", dev: "e0" },
            b: { destination: "203.0.113.0/24", via: "192.0.2.1", table: "main" },
          },
          rules: {
            a: { priority: 1000, from: "198.51.100.1", table: 5 },
            b: { priority: 1000, family: "inet", table: 6 },
            c: { priority: 0 },
          },
        }),
      },
    );
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [
        "rules.c.priority: expected a whole number from 1 to 32765, got 0",
        "rules.c.family: is required where neither from nor to says it: inet or inet6",
        "rules.c.table: is required, unless goto, action or l3mdev is given",
        "tables.two: declares table 5, as tables.one does: one object has one entry",
        "routes.b: declares route inet table main 203.0.113.0/24, as routes.a does: one object has one entry",
      ],
    );
  });

  it("drift is told entry by entry, and an update repairs it", async () => {
    const made = await create("HostRouting", routing());
    const before = await host.snapshot();
    await host.exec("ip rule del pref 1000; ip route replace default via 198.18.128.1 dev eth1 table 100 proto 214 mtu 1400");
    const { rules, routes, ...rest } = (await read(made)) ?? {};
    const { rules: declaredRules, routes: declaredRoutes, ...declared } = await checked("HostRouting", routing());
    assert.deepEqual(rest, declared);
    assert.deepEqual(rules, without(declaredRules, "second-from"));
    assert.deepEqual(routes, {
      ...asObject(declaredRoutes),
      "second-default": { ...asObject(asObject(declaredRoutes)["second-default"]), mtu: 1400 },
    });
    const again = await update({ ...made, state: { ...made.state, rules, routes } }, {});
    assert.equal(await host.snapshot(), before);
    await host.exec(
      "ip rule del pref 1000; ip -6 rule del pref 1000; ip nexthop del id 7; ip route flush table 100; ip -6 route flush table 100; rm /etc/iproute2/rt_tables.d/policy-routing-100.conf",
    );
    assert.equal(await read(again), undefined, "when nothing is left of it, it is gone");
    await remove(again);
  });

  it("lives beside granular resources, takes over from them and gives back, and the kernel reports nothing", async () => {
    const rule = await create("PolicyRule", { connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100 });
    const other = await create("PolicyRule", { connection: host.connection, priority: 1005, from: "198.51.100.1", table: 5 });
    const events = await watch(host);
    const all = { connection: host.connection, rules: { from: { priority: 1000, from: "198.18.128.2", table: 100 } } };
    const made = await create("HostRouting", all);
    await remove(rule);
    const again = await create("PolicyRule", rule.fields);
    await remove(made);
    assert.deepEqual(await events.end(), []);
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 100 proto 214", "1005: from 198.51.100.1 lookup 5 proto 214"]);
    await Promise.all([remove(again), remove(other)]);
  });

  it("exclusive takes away what carries our tag in nobody's name, shows it as drift, and leaves what others own", async () => {
    const other = await create("PolicyRule", { connection: host.connection, priority: 1005, from: "198.51.100.1", table: 5 });
    const made = await create("HostRouting", routing({ exclusive: true }));
    const before = await host.snapshot();
    await host.batch([
      "rule add pref 1007 from 198.51.100.7 table 7 proto 214",
      "rule add pref 1008 from 198.51.100.8 table 7 proto 215",
      "rule add pref 1009 from 198.51.100.9 table 7 proto 4",
      "route add 203.0.113.0/24 dev eth1 table 7 proto 214",
      "route add 203.0.113.9 dev eth1 table 7 proto 4",
      "route add 2001:db8:77::/64 dev eth1 table 7 proto 214",
      "nexthop add id 77 dev eth1 proto 214",
    ]);
    const { rules, routes, nexthops } = (await read(made)) ?? {};
    assert.deepEqual(Object.keys(asObject(nexthops)), ["gate", "stray nexthop 77"]);
    assert.deepEqual(asObject(rules)["stray rule inet 1007"], { priority: 1007, family: "inet", from: "198.51.100.7", table: 7 });
    assert.deepEqual(
      Object.keys(asObject(routes)).filter((label) => label.startsWith("stray")),
      ["stray route inet table 7 203.0.113.0/24", "stray route inet6 table 7 2001:db8:77::/64"],
    );
    const after = await update({ ...made, state: { ...made.state, rules, routes, nexthops } }, {});
    await host.batch(["rule del pref 1009", "route del 203.0.113.9 dev eth1 table 7 proto 4"]);
    assert.equal(await host.snapshot(), before);
    await remove(after);
    assert.deepEqual(await rulesOf(host), ["1005: from 198.51.100.1 lookup 5 proto 214"]);
    await remove(other);
  });

  it("a route whose lifetime is changed is set anew, the others stay as they are", async () => {
    const routes = (expires: number): Fields => ({
      short: { destination: "2001:db8:99::/64", dev: "eth1", table: 7, expires },
      long: { destination: "2001:db8:98::/64", dev: "eth1", table: 7, expires: 5000 },
    });
    const made = await create("HostRouting", { connection: host.connection, routes: routes(3000) });
    const events = await watch(host);
    const longer = await update(made, { routes: routes(4000) });
    const seen = await events.end();
    assert.ok(seen.length > 0 && seen.every((line) => line.includes("2001:db8:99::")), seen.join("; "));
    await remove(longer);
  });

  const filter = (device: string): Promise<string> =>
    host.exec(`cat /proc/sys/net/ipv4/conf/${device}/rp_filter`).then((text) => text.trim());

  it("a reverse path filter is set, read back, drifts, and is put back as it was", async () => {
    await host.exec("echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter");
    const made = await create("HostRouting", { connection: host.connection, reversePathFilter: { eth0: "loose", eth1: "strict" } });
    assert.deepEqual([await filter("eth0"), await filter("eth1")], ["2", "1"]);
    await host.exec("echo 0 >/proc/sys/net/ipv4/conf/eth1/rp_filter");
    assert.deepEqual((await read(made))?.["reversePathFilter"], { eth0: "loose", eth1: "off" });
    const repaired = await update({ ...made, state: { ...made.state, observed: false } }, {});
    assert.equal(await filter("eth1"), "1");
    const fewer = await update(repaired, { reversePathFilter: { eth0: "off" } });
    assert.deepEqual([await filter("eth0"), await filter("eth1")], ["0", "0"]);
    await remove(fewer);
    assert.equal(await filter("eth0"), "1");
    await host.exec("echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter");
  });

  it("what a setting was is lost with the register: it stays, and that is told beside the entries of which the owner is lost", async () => {
    const rules = { one: { priority: 1000, from: "198.51.100.1", table: 100 } };
    const made = await create("HostRouting", { connection: host.connection, persist: "none", rules, reversePathFilter: { eth0: "loose" } });
    await host.exec("rm /run/policy-routing/register");
    closeHosts();
    const told = await warnings(() => remove(made));
    assert.match(
      told,
      /net\.ipv4\.conf\.eth0\.rp_filter = 2: left as it is: the register on the host does not name its owner, nor what it was before\n/,
    );
    assert.match(told, /pref 1000 .*: left as it is: the register on the host does not name its owner\n/);
    assert.equal(await filter("eth0"), "2");
    await host.exec("echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter; ip rule del pref 1000");
  });

  it("what a reverse path filter could not bring about is refused with the reason, unless all is declared too", async () => {
    await host.exec("echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter");
    const before = await host.snapshot();
    const off = { connection: host.connection, reversePathFilter: { eth1: "off" } };
    const { message } = await refusal(create("HostRouting", off));
    assert.match(message, /net\.ipv4\.conf\.all\.rp_filter is 1, and the kernel uses the larger .*: 0 could have no effect/);
    assert.match(
      (await refusal(create("HostRouting", { ...off, reversePathFilter: { none7: "off" } }))).message,
      /there is no device none7/,
    );
    assert.equal(await host.snapshot(), before);
    const made = await create("HostRouting", { ...off, reversePathFilter: { all: "off", eth1: "off" } });
    assert.deepEqual(await read(made), await checked("HostRouting", { ...off, reversePathFilter: { all: "off", eth1: "off" } }));
    assert.equal(await filter("all"), "0");
    await host.exec("echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter");
    closeHosts(); // or the last reading would do for this one
    assert.deepEqual((await read(made))?.["reversePathFilter"], { all: "loose", eth1: "loose" });
    await remove(made);
    assert.equal(await filter("all"), "2", "somebody changed it since: left as it is");
    await host.exec("echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter");
  });

  it("a transaction that is undone takes its settings back", async () => {
    const before = await host.snapshot();
    const settings = {
      reversePathFilter: { eth1: "strict" },
      arpIgnore: { eth0: "sameDevice" },
      arpAnnounce: { eth0: "best" },
      srcValidMark: { eth1: "on" },
      acceptLocal: { eth1: "on" },
      routeLocalnet: { eth1: "on" },
      forwarding: { eth1: "off", eth0: "on" },
    };
    const files = ["eth0/arp_ignore", "eth0/arp_announce", "eth1/src_valid_mark", "eth1/accept_local", "eth1/route_localnet"];
    const forwarding = ["eth1/forwarding", "eth0/forwarding", "all/forwarding"];
    const show = (names: readonly string[]): Promise<string> =>
      host.exec(`cd /proc/sys/net/ipv4/conf && cat ${names.join(" ")}`).then((text) => text.replaceAll("\n", " "));
    const forwarded = await show(forwarding);
    const bad = {
      connection: host.connection,
      ...settings,
      routes: { bad: { destination: "default", via: "192.0.2.99", dev: "eth1", table: 5 } },
    };
    assert.match((await refusal(create("HostRouting", bad))).message, /reverted \(verified\)/);
    assert.equal(await host.snapshot(), before);
    const made = await create("HostRouting", { connection: host.connection, ...settings });
    assert.equal(await show(files), "1 2 1 1 1 ");
    assert.match(await show(forwarding), /^0 1 /);
    await remove(made);
    assert.equal(await show(files), "0 0 0 0 0 ");
    assert.equal(await show(forwarding), forwarded);
  });

  it("what is expected is looked up before anything is touched, and the refusal names the rule that decides", async () => {
    const expect = (dev: string): Fields => ({
      expect: [
        { from: "198.18.128.2", to: "192.0.2.1", dev, via: "198.18.128.1", table: 100 },
        { from: "2001:db8:2::2", to: "2001:db8:ffff::1", dev },
        { to: "192.0.2.1", dev: "eth0", table: "main" },
        { to: "198.18.128.2", verdict: "local" },
        { from: "203.0.113.5", to: "192.0.2.1", iif: "eth0", verdict: "unreachable" },
        { to: "192.0.2.44", uid: 1000, ipproto: "tcp", dport: 443, mark: "0x7", verdict: "prohibit" },
      ],
    });
    const rules = {
      ...asObject(routing()["rules"]),
      prohibited: { priority: 1001, to: "192.0.2.44", uidrange: "1000", ipproto: "tcp", dport: 443, fwmark: 7, action: "prohibit" },
    };
    const { message } = await refusal(create("HostRouting", routing({ rules, ...expect("eth0") })));
    assert.match(
      message,
      /refused, nothing was changed: once it is made, expected 192\.0\.2\.1 from 198\.18\.128\.2 uid 0: dev eth0 via 198\.18\.128\.1 table 100, but it is unicast dev eth1 via 198\.18\.128\.1 table 100 \(ip -4 rule pref 1000 from 198\.18\.128\.2 table 100 decides: default via 198\.18\.128\.1 .*\); expected 2001:/,
    );
    assert.equal(await host.snapshot(), at.clean);
    const made = await create("HostRouting", routing({ rules, ...expect("eth1") }));
    const still = await refusal(update(made, expect("eth0")));
    assert.match(
      still.message,
      /HostRouting: refused: what is expected does not hold on the host as it is: expected .*\n {2}next: correct the entries, or what is expected$/s,
    );
    await remove(made);
  });

  it("the kernel is asked inside the transaction: what does not hold then undoes it", async () => {
    // A reverse path that fails is not foreseen, it is the kernel's to say.
    const knobs = "/proc/sys/net/ipv4/conf/eth0/rp_filter /proc/sys/net/ipv4/conf/eth0/forwarding";
    const set = (value: number) => host.exec(`for knob in ${knobs}; do echo ${value} >$knob; done`);
    await set(1);
    try {
      const expect = [{ from: "198.18.128.7", to: "192.0.2.1", iif: "eth0", dev: "eth1" }];
      const { message } = await refusal(create("HostRouting", routing({ expect })));
      assert.match(message, /reverted \(verified\): expected 192\.0\.2\.1 from 198\.18\.128\.7 iif eth0 uid 0: dev eth1, but it is /);
    } finally {
      await set(0);
    }
  });

  it("an expectation that cannot be meant is a failure of the checks", async () => {
    const wrong = [
      { to: "192.0.2.1" },
      { from: "2001:db8::1", to: "192.0.2.1", dev: "eth1" },
      { to: "192.0.2.1", verdict: "prohibit", dev: "eth1" },
      { to: "192.0.2.1", iif: "lo", dev: "eth1", mark: -1 },
    ];
    const { failures } = await handlers("HostRouting").check({}, { owner: { stack }, connection: host.connection, expect: wrong });
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [
        "expect.0: says no dev, via, table or verdict that is expected",
        "expect.1.from: is of another address family than to",
        "expect.2.dev: has no meaning for verdict prohibit",
        "expect.3.iif: leave iif out for packets that the host itself sends",
        'expect.3.mark: expected a mark such as 1 or "0x1", got -1',
      ],
    );
  });
});

const asObject = (value: unknown): Fields => ({ ...(typeof value === "object" ? value : {}) });
const without = (value: unknown, label: string): Fields =>
  Object.fromEntries(Object.entries(asObject(value)).filter(([name]) => name !== label));
