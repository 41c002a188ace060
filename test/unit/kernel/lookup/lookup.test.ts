import assert from "node:assert/strict";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import type { HostAddress } from "../../../../provider/src/kernel/lookup/network";
import { address, ask, host, link, way } from "./host";

const away = "203.0.113.7";
const away6 = "2001:db8:f::7";
const inet = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const inet6 = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet6", priority, ...rest });
const byE0: Route = { family: "inet", table: "main", destination: "default", via: "198.18.1.1", dev: "e0" };
const byE1: Route = { family: "inet", table: 101, destination: "default", via: "198.18.2.1", dev: "e1" };
const by6: Route = { family: "inet6", table: "main", destination: "default", via: "2001:db8:1::1", dev: "e0" };
const by6E1: Route = { family: "inet6", table: 101, destination: "default", via: "2001:db8:2::1", dev: "e1" };
const both = [byE0, byE1, by6, by6E1];
const first = "by e0 via 198.18.1.1 (table main)";
const second = "by e1 via 198.18.2.1 (table 101)";
const first6 = "by e0 via 2001:db8:1::1 (table main)";
const second6 = "by e1 via 2001:db8:2::1 (table 101)";
const withRules = (...rules: Rule[]) => host({ rules, routes: both });

/** Each is a fact that was measured, and that a simulator gets wrong. */
describe("a lookup, as the kernel does it", () => {
  it("compares an IPv4 source that is not chosen yet as 0.0.0.0", () => {
    assert.equal(way(withRules(inet(100, { from: "0.0.0.0/1", table: 101 })), { to: away }), second);
    assert.equal(way(withRules(inet(100, { not: true, from: "198.18.1.2", table: 101 })), { to: away }), second);
    assert.equal(way(withRules(inet(100, { from: "198.18.1.2", table: 101 })), { to: away }), first);
  });

  it("lets an IPv6 source that is not chosen yet match no from", () => {
    assert.equal(way(withRules(inet6(100, { from: "::/1", table: 101 })), { to: away6 }), first6);
    assert.equal(way(withRules(inet6(100, { from: "::/1", table: 101 })), { to: away6, from: "2001:db8:2::2" }), second6);
  });

  it("sends no IPv4 packet from an address that the host does not have, but any IPv6 one", () => {
    assert.equal(way(withRules(), { to: away, from: "198.51.100.9" }), "no route (the source 198.51.100.9 is no address of the host)");
    assert.equal(way(withRules(), { to: away6, from: "2001:db8:abc::1" }), first6);
  });

  it("takes iif lo for what the host itself sends", () => {
    const network = withRules(inet(100, { iif: "lo", table: 101 }));
    assert.equal(way(network, { to: away }), second);
    assert.equal(way(network, { to: away, from: "198.18.2.9", iif: "e1" }), first);
  });

  it("filters next hops by oif and goes on with the next rule", () => {
    const network = withRules(inet(100, { table: 101 }));
    assert.equal(way(network, { to: away }), second);
    assert.equal(way(network, { to: away, oif: "e0" }), first);
  });

  it("takes an IPv4 destination to be on the link of a bound socket where nothing matches, even where a route refuses", () => {
    const guess = "by e1 (no route: taken to be on the link)";
    assert.equal(way(host(), { to: away, oif: "e1" }), guess);
    const closed = host({ routes: [{ family: "inet", table: "main", destination: "default", type: "unreachable" }] });
    assert.equal(way(closed, { to: away }), "unreachable (by a route)");
    assert.equal(way(closed, { to: away, oif: "e1" }), guess);
  });

  it("lets an IPv6 socket that is bound to a device pass over routes that refuse, without a guess", () => {
    const closed = host({ routes: [{ family: "inet6", table: "main", destination: "default", type: "unreachable" }] });
    assert.equal(way(closed, { to: away6 }), "unreachable (by a route)");
    assert.equal(ask(closed, { to: away6, oif: "e1" }).kind, "no route");
  });

  it("never matches a rule's oif for forwarded packets", () => {
    const network = withRules(inet(100, { oif: "e1", table: 101 }));
    assert.equal(way(network, { to: away, oif: "e1" }), second);
    assert.equal(way(network, { to: away, from: "198.18.2.9", iif: "e1" }), first);
  });

  it("tells a rule that refuses from a route that refuses", () => {
    for (const action of ["blackhole", "unreachable", "prohibit"] as const) {
      assert.equal(way(withRules(inet(100, { action })), { to: away }), `${action} (by a rule)`);
      const route: Route = { family: "inet", table: 102, destination: "default", type: action };
      const network = host({ rules: [inet(100, { table: 102 })], routes: [...both, route] });
      assert.equal(way(network, { to: away }), `${action} (by a route)`);
    }
  });

  it("suppresses unicast routes only; error routes decide, throw goes on", () => {
    const suppressed = inet(100, { table: 102, suppressPrefixlength: 0 });
    const within = (route: Partial<Route>) =>
      way(host({ rules: [suppressed], routes: [...both, { family: "inet", table: 102, destination: "default", dev: "e1", ...route }] }), {
        to: away,
      });
    assert.equal(within({}), first);
    assert.equal(within({ destination: "203.0.113.0/24" }), "by e1 (table 102)");
    assert.equal(within({ type: "unreachable" }), "unreachable (by a route)");
    assert.equal(within({ type: "throw" }), first);
  });

  it("suppresses by the group of the device", () => {
    const rules = [inet(100, { table: 101, suppressIfgroup: 5 })];
    const links = (group: number) => [link("lo"), link("e0"), link("e1", { group })];
    assert.equal(way(host({ rules, routes: both, links: links(5) }), { to: away }), first);
    assert.equal(way(host({ rules, routes: both, links: links(0) }), { to: away }), second);
  });

  it("looks only at the bits 0x1c of the type of service for IPv4, at all six for IPv6", () => {
    const network = withRules(inet(100, { tos: "0x10", table: 101 }), inet6(100, { tos: "0x10", table: 101 }));
    assert.equal(way(network, { to: away, tos: [0x30] }), second);
    assert.equal(way(network, { to: away, tos: [0x12] }), second);
    assert.equal(way(network, { to: away, tos: [0x08] }), first);
    assert.equal(way(network, { to: away6, tos: [0x30] }), first6);
    assert.equal(way(network, { to: away6, tos: [0x10] }), second6);
  });

  it("compares nothing of a mark whose mask is zero, and the masked bits of any other", () => {
    assert.equal(way(withRules(inet(100, { fwmark: "0x1/0x0", table: 101 })), { to: away, mark: 7 }), second);
    assert.equal(way(withRules(inet(100, { fwmark: "0x0/0xffffffff", table: 101 })), { to: away, mark: 7 }), first);
    assert.equal(way(withRules(inet(100, { fwmark: "0x101/0xff", table: 101 })), { to: away, mark: 1 }), second);
  });

  it("takes forwarded packets for those of user 0", () => {
    const network = withRules(inet(100, { uidrange: "0-0", table: 101 }));
    assert.equal(way(network, { to: away, uid: 1000 }), first);
    assert.equal(way(network, { to: away, from: "198.18.1.9", iif: "e0", uid: 1000 }), second);
    assert.equal(way(withRules(inet(100, { uidrange: "0-4294967294", table: 101 })), { to: away, uid: 4294967295 }), first);
  });

  it("compares ports of any protocol that it sends, and takes what comes in without ports for port 0", () => {
    const network = withRules(inet(100, { dport: "443", table: 101 }));
    assert.equal(way(network, { to: away, ipproto: 1 }), second);
    assert.equal(way(network, { to: away, ipproto: 1, from: "198.18.1.9", iif: "e0" }), first);
    assert.equal(way(network, { to: away, from: "198.18.1.9", iif: "e0" }), second);
  });

  it("jumps only where a rule stands at exactly the target, and to the first one there", () => {
    const jump = inet(100, { goto: 300 });
    const skipped = inet(200, { action: "blackhole" });
    assert.equal(way(withRules(jump, skipped), { to: away }), "blackhole (by a rule)");
    assert.equal(way(withRules(jump, skipped, inet(301, { table: 101 })), { to: away }), "blackhole (by a rule)");
    assert.equal(way(withRules(jump, skipped, inet(300, { table: 101 }), inet(300, { action: "prohibit" })), { to: away }), second);
  });

  it("takes l3mdev for a selector: it has only packets of a VRF, whatever the rule does with them", () => {
    const links = [link("lo"), link("e0"), link("e1", { master: "red" }), link("red", { kind: "vrf" })];
    for (const does of [{}, { action: "unreachable" }, { action: "blackhole" }, { goto: 40000 }] as const) {
      const rules = [inet(100, { l3mdev: true, ...does })];
      assert.equal(way(host({ rules, routes: both }), { to: away }), first);
      assert.equal(way(host({ rules, routes: both, links }), { to: away }), first);
      assert.equal(way(host({ rules, routes: both, links }), { to: away, from: "198.18.1.9", iif: "e0" }), first);
    }
    const refusing = host({ rules: [inet(100, { l3mdev: true, action: "unreachable" })], routes: both, links });
    assert.equal(way(refusing, { to: away, from: "198.18.2.9", iif: "e1" }), "unreachable (by a rule)");
    const refusing6 = host({ rules: [inet6(100, { l3mdev: true, action: "unreachable" })], routes: both, links });
    for (const oif of ["e1", "red"]) assert.equal(way(refusing6, { to: away6, oif }), "unreachable (by a rule)");
    const looking = host({ rules: [inet(100, { l3mdev: true })], routes: both, links });
    assert.match(way(looking, { to: away, from: "198.18.2.9", iif: "e1" }), /the table of red is not known/);
    assert.match(
      way({ ...looking, links: undefined }, { to: away, from: "198.18.2.9", iif: "e1" }),
      /whether the packet belongs to a VRF is not known/,
    );
  });

  it("takes a rule that is not for VRFs for one of all other packets, which looks into main", () => {
    const rules = [inet(100, { l3mdev: true, not: true }), inet(200, { action: "blackhole" })];
    assert.equal(way(host({ rules, routes: both }), { to: away }), first);
    assert.equal(way(host({ rules }), { to: away }), "blackhole (by a rule)");
  });

  it("follows what is open both ways, and tells the way where both are the same", () => {
    const same: Route = { ...byE0, table: 101 };
    const marked = (value: string) => inet(100, { fwmark: value, table: 101 });
    assert.equal(way(host({ rules: [marked("0x1/0xff")], routes: [byE0, same] }), { to: away, mark: undefined }), first);
    assert.equal(way(host({ rules: [marked("0x1/0xff")], routes: [byE0] }), { to: away, mark: undefined }), first);
    assert.equal(ask(host({ rules: [marked("0x1/0xff")], routes: both }), { to: away, mark: undefined }).kind, "unsure");
    const sshd = { to: away, tos: [0, 0x10, 0x08] };
    assert.equal(way(host({ rules: [inet(100, { tos: "0x10", table: 101 })], routes: [byE0, same] }), sshd), first);
    assert.equal(ask(host({ rules: [inet(100, { tos: "0x10", table: 101 })], routes: both }), sshd).kind, "unsure");
    assert.equal(way(host({ routes: [byE0, { ...byE0, tos: "0x10" }] }), sshd), first);
    assert.equal(ask(host({ routes: [byE0, { ...byE1, table: "main", tos: "0x10" }] }), sshd).kind, "unsure");
    const ports = { to: away, dport: { from: 1, to: 65534 } };
    assert.equal(way(host({ rules: [inet(100, { dport: "443", table: 101 })], routes: [byE0, same] }), ports), first);
  });

  it("takes a packet for one with a mark throughout: what one rule says of it holds for the next", () => {
    const rules = [
      inet(100, { fwmark: "0x1/0xff", goto: 300 }),
      inet(200, { goto: 400 }),
      inet(300, { fwmark: "0x1/0xff", goto: 400 }),
      inet(301, { table: 101 }),
      inet(400, { table: "main" }),
    ];
    assert.equal(way(host({ rules, routes: both }), { to: away, mark: undefined }), first);
    const types = [
      inet(100, { tos: "0x10", goto: 300 }),
      inet(200, { goto: 400 }),
      inet(300, { tos: "0x08", table: 101 }),
      inet(400, { table: "main" }),
    ];
    assert.equal(way(withRules(...types), { to: away, tos: [0, 0x10, 0x08] }), first);
  });

  it("does not follow more than it can: then it cannot be told", () => {
    // Of 30 bits each may be set or not; no packet has two of 60 marks.
    const bit = (index: number): string => `0x${(2 ** index).toString(16)}`;
    const rules = Array.from({ length: 30 }, (_, index) => inet(100 + index, { fwmark: `${bit(index)}/${bit(index)}`, table: 102 }));
    const marks = Array.from({ length: 60 }, (_, index) => inet(100 + index, { fwmark: `0x${(index + 1).toString(16)}/0xff`, table: 102 }));
    assert.equal(way(host({ rules: marks, routes: both }), { to: away, mark: undefined }), first);
    const before = process.cpuUsage().user;
    assert.equal(ask(host({ rules, routes: both }), { to: away, mark: undefined }).kind, "unsure");
    assert.ok(process.cpuUsage().user - before < 200_000, "too long");
  });

  it("routes the host's own addresses out when no rule looks into table local", () => {
    const network = host({ routes: both });
    assert.equal(way(network, { to: "198.18.1.2" }), "delivered on the host (table local)");
    const without = { ...network, rules: network.rules.filter(({ rule }) => rule.priority !== 0) };
    assert.equal(way(without, { to: "198.18.1.2" }), "by e0 (table main)");
  });

  it("prefers, since Linux 6.16, the next hop whose device owns the source; before, any may be taken", () => {
    const nexthops = [
      { via: "198.18.1.1", dev: "e0" },
      { via: "198.18.2.1", dev: "e1" },
    ];
    const routes: Route[] = [{ family: "inet", table: "main", destination: "default", nexthops }];
    const either = "by e0 via 198.18.1.1 or by e1 via 198.18.2.1 (table main)";
    assert.equal(way(host({ routes }), { to: away, from: "198.18.1.2" }), first);
    assert.equal(way(host({ routes }), { to: away }), either);
    assert.equal(way(host({ routes, kernel: "6.1.0" }), { to: away, from: "198.18.1.2" }), either);
    // Bound to a device, any of its next hops: seen on 6.18, where a device had a source for each.
    const several = ["198.18.1.1", "198.18.9.1"].map((via) => ({ via, dev: "e0" }));
    const ofOne: Route[] = [{ family: "inet", table: "main", destination: "default", nexthops: several }];
    const addresses = [address("e0", "198.18.1.2"), address("e0", "198.18.9.2")];
    const bound = way(host({ routes: ofOne, addresses }), { to: away, from: "198.18.9.2", oif: "e0" });
    assert.equal(bound, "by e0 via 198.18.1.1 or by e0 via 198.18.9.1 (table main)");
  });

  it("takes the source of a point-to-point link by the network of its other end", () => {
    const peer = (own: string, other: string): HostAddress => ({ ...address("e0", own, 32), peer: other });
    const addresses = [peer("10.9.0.1", "10.9.0.2"), peer("10.8.0.1", "10.8.0.2")];
    const routes: Route[] = [{ family: "inet", table: "main", destination: "default", via: "10.8.0.2", dev: "e0" }];
    const verdict = ask(host({ routes, addresses }), { to: away });
    assert.deepEqual("hops" in verdict ? verdict.hops.map(({ src }) => src) : verdict, ["10.8.0.1"]);
  });

  it("takes 127.0.0.0/8 from outside only where route_localnet is set, for the device or for all", () => {
    const local: Route = { family: "inet", table: "local", type: "local", destination: "127.0.0.0/8", dev: "lo" };
    const ways = (sysctls: Record<string, number>) =>
      [
        { to: "127.0.0.1", from: "198.18.1.77" },
        { to: "198.18.1.2", from: "127.0.0.5" },
      ].map((one) => way(host({ routes: [local], sysctls }), { ...one, iif: "e0" }));
    const here = "delivered on the host (table local)";
    assert.deepEqual(ways({ "net.ipv4.conf.all.route_localnet": 1 }), [here, here]);
    assert.deepEqual(ways({ "net.ipv4.conf.e0.route_localnet": 1 }), [here, here]);
    assert.deepEqual(ways({ "net.ipv4.conf.e1.route_localnet": 1 }), [
      "dropped (no packet may come in for 127.0.0.1)",
      "dropped (no packet may come from 127.0.0.5)",
    ]);
  });

  it("uses next hops without carrier unless the device ignores them, and none whose device is down", () => {
    const links = (rest: Partial<ReturnType<typeof link>>) => [link("lo"), link("e0"), link("e1", rest)];
    const rules = [inet(100, { table: 101 })];
    const ignores = { "net.ipv4.conf.e1.ignore_routes_with_linkdown": 1 };
    assert.equal(way(host({ rules, routes: both, links: links({ carrier: false }) }), { to: away }), second);
    assert.equal(way(host({ rules, routes: both, links: links({ carrier: false }), sysctls: ignores }), { to: away }), first);
    const all = { "net.ipv4.conf.all.ignore_routes_with_linkdown": 1 };
    assert.equal(way(host({ rules, routes: both, links: links({ carrier: false }), sysctls: all }), { to: away }), first);
    assert.equal(way(host({ rules, routes: both, links: links({ up: false }) }), { to: away }), first);
  });

  it("does not tell where packets go by a gateway that is the host's own: whether the kernel passes over it was decided when the route was made", () => {
    const by = (via: string, table: Route["table"] = "main"): Route => ({
      family: "inet",
      table,
      destination: "10.0.0.0/8",
      via,
      dev: "e0",
    });
    assert.match(
      way(host({ routes: [by("198.18.1.2")] }), { to: "10.1.1.1" }),
      /cannot tell \(the gateway 198\.18\.1\.2 of the route 10\.0\.0\.0\/8/,
    );
    assert.match(way(host({ routes: [by("198.18.1.1")] }), { to: "10.1.1.1" }), /^by e0 via 198\.18\.1\.1/);
    const ofTable: Route = { family: "inet", table: 103, type: "local", destination: "198.18.0.0/15", dev: "e0" };
    const rules: Rule[] = [{ family: "inet", priority: 900, table: 103 }];
    assert.match(way(host({ rules, routes: [by("198.18.1.1", 103), ofTable] }), { to: "10.1.1.1" }), /cannot tell/);
  });

  it("takes a network's broadcast address for broadcast, and its first for a host", () => {
    assert.equal(way(host(), { to: "198.18.1.255" }), "broadcast by e0 (table local)");
    assert.equal(way(host(), { to: "198.18.1.0" }), "by e0 (table main)");
  });

  it("passes over IPv6 source-specific routes for a packet whose source is not chosen yet", () => {
    const specific: Route = {
      family: "inet6",
      table: "main",
      destination: "default",
      from: "2001:db8:2::/64",
      via: "2001:db8:2::1",
      dev: "e1",
    };
    const network = host({ routes: [by6, specific] });
    assert.equal(way(network, { to: away6 }), first6);
    assert.equal(way(network, { to: away6, from: "2001:db8:2::2" }), "by e1 via 2001:db8:2::1 (table main)");
  });

  it("chooses the source by route, else by device, and says for an error that there is none", () => {
    const src = (network: ReturnType<typeof host>, to: string) => {
      const verdict = ask(network, { to });
      return "hops" in verdict ? verdict.hops.map((hop) => hop.src) : [];
    };
    assert.deepEqual(src(host({ routes: [byE0] }), away), ["198.18.1.2"]);
    assert.deepEqual(src(host({ routes: [{ ...byE0, src: "198.18.2.2" }] }), away), ["198.18.2.2"]);
    assert.deepEqual(src(host({ routes: [by6] }), away6), ["2001:db8:1::2"]);
  });

  it("takes a route by metric, after type of service, after prefix length", () => {
    const routes: Route[] = [
      { ...byE0, metric: 100 },
      { ...byE1, table: "main" },
      { ...byE0, tos: "0x10", metric: 500 },
    ];
    assert.equal(way(host({ routes }), { to: away }), "by e1 via 198.18.2.1 (table main)");
    assert.match(way(host({ routes }), { to: away, tos: [0x10] }), /^by e0 via 198\.18\.1\.1/);
    const near: Route = { family: "inet", table: "main", destination: "203.0.113.0/24", via: "198.18.1.9", dev: "e0", metric: 999 };
    assert.equal(way(host({ routes: [...routes, near] }), { to: away }), "by e0 via 198.18.1.9 (table main)");
  });

  it("goes on at a next hop object that is not usable without looking at shorter prefixes of the same address", () => {
    const nexthops = [{ nexthop: { nhid: 1, via: "198.18.1.1", dev: "e0" }, protocol: 0, unread: [] }];
    const routes: Route[] = [
      { family: "inet", table: "main", destination: "203.0.113.0/25", nhid: 1 },
      { family: "inet", table: "main", destination: "203.0.113.0/24", via: "198.18.2.1", dev: "e1" },
    ];
    assert.equal(way(host({ routes, nexthops }), { to: away }), "by e0 via 198.18.1.1 (table main)");
    assert.equal(way(host({ routes, nexthops }), { to: away, oif: "e1" }), "by e1 (no route: taken to be on the link)");
  });

  it("shows the rules on the way, each with what it did", () => {
    const verdict = ask(withRules(inet(100, { table: 102 }), inet(200, { from: "198.18.2.2", table: 101 })), {
      to: away,
      from: "198.18.2.2",
    });
    assert.deepEqual(
      verdict.path.map(({ rule, outcome }) => `${rule.rule.priority} ${outcome}`),
      ["0 no route", "100 no route", "200 decides"],
    );
  });

  it("says that it cannot tell, and why, instead of guessing", () => {
    const unread = { ...withRules(), rules: [{ rule: inet(100, { table: 101 }), protocol: 0, unread: ["newer"] }] };
    assert.match(way(unread, { to: away }), /^cannot tell \(ip -4 rule pref 100 table 101: it also selects by newer\)$/);
    const marked = withRules(inet(100, { fwmark: "0x1/0xff", table: 101 }));
    assert.match(way(marked, { to: away, mark: undefined }), /something on the host may mark these packets/);
    const byObject: Route = { family: "inet", table: "main", destination: "default", nhid: 9 };
    assert.match(way(host({ routes: [byObject] }), { to: away }), /the next hop object 9 was not read/);
    assert.equal(
      way(withRules(inet(100, { fwmark: "0x1/0xff", to: "198.51.100.0/24", table: 101 })), { to: away, mark: undefined }),
      first,
    );
  });
});
