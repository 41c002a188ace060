import assert from "node:assert/strict";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { findingsOf } from "../../../../provider/src/kernel/findings/index";
import type { Network } from "../../../../provider/src/kernel/lookup/network";
import { host } from "../lookup/host";

const rule = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const route = (rest: Partial<Route>): Route => ({ family: "inet", table: 102, destination: "default", ...rest });
const main = route({ table: "main", via: "198.18.1.1", dev: "e0" });
const uplink = [route({ via: "198.18.2.1", dev: "e1" }), route({ destination: "198.18.2.0/24", dev: "e1", src: "198.18.2.2" })];
const fromSecond = rule(1000, { from: "198.18.2.2", table: 102 });
/** What MultihomedHost makes of two uplinks, more or less. */
const multihomed = { rules: [rule(900, { table: "main", suppressPrefixlength: 0 }), fromSecond], routes: [main, ...uplink] };

const found = (network: Network): string[] =>
  findingsOf(network, [214, 215]).map(({ level, object, what }) => `${level}: ${object}: ${what}`);
const only = (network: Network, expected: RegExp): void => {
  const all = found(network);
  assert.equal(all.length, 1, all.join("\n"));
  assert.match(all[0] ?? "", expected);
};
const withRules = (...rules: Rule[]): Network => host({ ...multihomed, rules: [...multihomed.rules, ...rules] });

describe("the findings of a host", () => {
  it("are none where all is well, the how-to's own rules included", () => {
    assert.deepEqual(found(host()), []);
    assert.deepEqual(found(host(multihomed)), []);
    assert.deepEqual(found(withRules(rule(1001, { to: "198.18.2.2", table: 102 }))), []);
  });

  it("tell a rule that an earlier one leaves nothing to", () => {
    only(
      withRules(rule(1100, { from: "198.18.2.2", to: "203.0.113.0/24", action: "prohibit" })),
      /^risk: ip -4 rule pref 1100 .*: is never reached: ip -4 rule pref 1000 from 198\.18\.2\.2 table 102 decides about all its packets before$/,
    );
    assert.deepEqual(found(withRules(rule(950, { from: "198.18.2.2", to: "203.0.113.0/24", action: "prohibit" }))), []);
  });

  it("tell a rule that stands there twice", () => {
    const twice = withRules(
      rule(950, { to: "203.0.113.0/24", table: "main", suppressPrefixlength: 8 }),
      rule(960, { to: "203.0.113.0/24", table: "main", suppressPrefixlength: 8 }),
    );
    only(twice, /^note: ip -4 rule pref 960 .*: says what ip -4 rule pref 950 /);
  });

  it("tell whose each of two rules is where both are named alike", () => {
    const words = rule(950, { from: "198.18.2.2", table: 102 });
    const alike = "ip -4 rule pref 950 from 198.18.2.2 table 102";
    const kinds = [
      [0, 214, "(ours)", "(foreign, no proto)"],
      [4, 215, "(ours, proto 215)", "(foreign, proto 4)"],
    ] as const;
    for (const [first, second, late, early] of kinds) {
      const network = host({ ...multihomed, rules: [] });
      const rules = [first, second].map((protocol) => ({ rule: words, protocol, unread: [] }));
      const all = found({ ...network, rules: [...network.rules, ...rules] });
      assert.ok(
        all.includes(`risk: ${alike} ${late}: is never reached: ${alike} ${early} decides about all its packets before`),
        all.join("\n"),
      );
      assert.ok(all.includes(`note: ${alike} ${late}: says what ${alike} ${early} says`), all.join("\n"));
    }
  });

  it("tell a goto without a target, a device that is not there, an address that is gone", () => {
    only(withRules(rule(500, { to: "203.0.113.0/24", goto: 600 })), /^risk: .*: jumps nowhere: no rule stands at exactly priority 600/);
    only(withRules(rule(500, { to: "203.0.113.0/24", iif: "e9", table: 102 })), /^risk: .*: applies to no packet: there is no device e9$/);
    only(withRules(rule(950, { from: "198.18.2.77", table: 102 })), /^risk: .*: is from 198\.18\.2\.77, which the host does not have$/);
    assert.deepEqual(found(withRules(rule(950, { from: "198.18.2.77", iif: "e1", table: 102 }))), []);
  });

  it("tell a table without routes, and one without the networks on its link", () => {
    only(withRules(rule(950, { to: "203.0.113.0/24", table: 105 })), /^risk: .*: does nothing: table 105 has no routes$/);
    const gatewayOnly = host({ rules: [fromSecond], routes: [main, route({ via: "198.18.2.1", dev: "e1" })] });
    only(gatewayOnly, /^note: table 102: has a gateway by e1, but not the network of 198\.18\.2\.2\/24 on that link/);
  });

  it("tell what defeats a suppressor: halves of a default route, and routes that refuse", () => {
    const half = host({
      ...multihomed,
      routes: [...multihomed.routes, route({ table: "main", destination: "0.0.0.0/1", via: "198.18.1.9", dev: "e0" })],
    });
    only(half, /^risk: ip -4 rule pref 900 .*: catches what it is to pass over: ip -4 route 0\.0\.0\.0\/1 /);
    const closed = host({
      ...multihomed,
      routes: [...multihomed.routes, route({ table: "main", type: "unreachable", metric: 4278198272 })],
    });
    only(closed, /^risk: ip -4 rule pref 900 .*: ends at ip -4 route unreachable default /);
  });

  it("tell packets that reverse path filtering drops, and that a from rule saves them", () => {
    const sysctls = { "net.ipv4.conf.all.rp_filter": 1 };
    const unsaved = host({
      rules: [rule(1000, { fwmark: "0x2/0xff", to: "203.0.113.0/24", table: 102 })],
      routes: [main, ...uplink],
      sysctls,
    });
    only(unsaved, /^risk: 198\.18\.2\.2 on e1: packets that come in by e1 are dropped: rp_filter of all is 1 \(strict\)/);
    assert.deepEqual(found(host({ ...multihomed, sysctls })), []);
  });

  it("tell them of a link without a gateway too, and of one of several next hops", () => {
    const sysctls = { "net.ipv4.conf.e1.rp_filter": 1 };
    const marked = rule(1000, { fwmark: "0x2/0xff", to: "203.0.113.0/24", table: 102 });
    const dropped = /^risk: 198\.18\.2\.2 on e1: packets that come in by e1 are dropped: rp_filter of e1 is 1 \(strict\)/;
    only(host({ rules: [marked], routes: [main, route({ dev: "e1" })], sysctls }), dropped);
    const several = route({ nexthops: [{ via: "198.18.1.1", dev: "e0" }, { dev: "e1" }] });
    only(host({ rules: [marked], routes: [main, several], sysctls }), dropped);
    assert.deepEqual(found(host({ rules: multihomed.rules, routes: [main, route({ dev: "e1" })], sysctls })), []);
  });

  it("tell a foreign rule before ours, and who likely made it", () => {
    const network = host(multihomed);
    const foreign = { rule: rule(500, { to: "203.0.113.0/24", table: 102 }), protocol: 16, unread: [] };
    only(
      { ...network, rules: [...network.rules, foreign] },
      /^note: ip -4 rule pref 500 .*: is foreign and comes before ours; likely of a DHCP client$/,
    );
    only(
      {
        ...network,
        rules: [
          ...network.rules,
          { ...foreign, rule: { ...foreign.rule, priority: 5230 } },
          { rule: rule(6000, { to: "198.51.100.7", table: 102 }), protocol: 214, unread: [] },
        ],
      },
      /^note: ip -4 rule pref 5230 .*: is foreign and comes before ours; likely of Tailscale$/,
    );
  });

  it("tell a rule without addresses that only IPv4 has, where there is an IPv6 default route", () => {
    const marked = rule(950, { fwmark: "0x1/0xff", table: 102 });
    const routes: Route[] = [
      ...multihomed.routes,
      { family: "inet6", table: "main", destination: "default", via: "2001:db8:1::1", dev: "e0" },
    ];
    const twins: Rule[] = [{ family: "inet6", priority: 900, table: "main", suppressPrefixlength: 0 }];
    only(host({ rules: [...multihomed.rules, marked, ...twins], routes }), /^note: ip -4 rule pref 950 .*: has no IPv6 twin/);
    assert.deepEqual(found(host({ ...multihomed, rules: [...multihomed.rules, marked] })), []);
  });
});
