import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { printProblem } from "../../../../provider/src/declaration/failures";
import { commandsOf } from "../../../../provider/src/declaration/multihomed/commands";
import { expand, nftText, type Routing } from "../../../../provider/src/declaration/multihomed/expand";
import { multihomedFields, settleMultihomed } from "../../../../provider/src/declaration/multihomed/multihomed";

type Fields = Readonly<Record<string, unknown>>;

const isp1 = { device: "eth0", address: "198.51.100.10/24", gateway: "198.51.100.1", table: 101 };
const isp2 = {
  device: "eth1",
  address: "203.0.113.10/24",
  gateway: "203.0.113.1",
  table: 102,
  v6: { address: "2001:DB8:2::10/64", gateway: "fe80::1" },
};
const isp3 = { device: "eth2", address: "192.0.2.10/32", gateway: "198.18.0.1", table: 7 };

const valuesOf = (fields: Fields) => canonical(multihomedFields, fields, settleMultihomed);
function routing(fields: Fields): Routing {
  const { values, problems } = valuesOf(fields);
  assert.deepEqual(problems, []);
  return expand(values);
}
const problemsOf = (fields: Fields): string[] => valuesOf(fields).problems.map(printProblem);

describe("what a multi-homed host comes to", () => {
  it("is a link route, a default and a from rule for each uplink, behind one rule for what main knows", () => {
    assert.deepEqual(commandsOf(routing({ uplinks: { isp1: { ...isp1, name: "one" }, isp2 } })), [
      "echo '101 one' >>/etc/iproute2/rt_tables",
      "ip route add 198.51.100.0/24 dev eth0 src 198.51.100.10 table 101",
      "ip route add 203.0.113.0/24 dev eth1 src 203.0.113.10 table 102",
      "ip -6 route add 2001:db8:2::/64 dev eth1 src 2001:db8:2::10 table 102",
      "ip route add default via 198.51.100.1 dev eth0 table 101",
      "ip route add default via 203.0.113.1 dev eth1 table 102",
      "ip -6 route add default via fe80::1 dev eth1 table 102",
      "ip rule add pref 15000 table 254 suppress_prefixlength 0",
      "ip -6 rule add pref 15000 table 254 suppress_prefixlength 0",
      "ip rule add pref 15101 from 198.51.100.10 table 101",
      "ip rule add pref 15102 from 203.0.113.10 table 102",
      "ip -6 rule add pref 15102 from 2001:db8:2::10 table 102",
    ]);
  });

  it("of an uplink does not depend on the others: one more changes none", () => {
    const options = { killSwitch: true, toRule: true, connmark: true };
    const two = routing({ uplinks: { isp1, isp2 }, ...options });
    const three = routing({ uplinks: { isp3, isp1, isp2 }, ...options });
    for (const part of ["routes", "rules", "reversePathFilter"] as const) {
      const added = Object.entries(three[part] ?? {}).filter(([label]) => !label.startsWith("isp3") && label !== "eth2");
      assert.deepEqual(Object.fromEntries(added), two[part]);
    }
  });

  it("for a single address with a gateway elsewhere is an onlink default without a link route", () => {
    const { routes } = routing({ uplinks: { isp1, isp3 } });
    assert.equal(routes["isp3-link"], undefined);
    assert.deepEqual(routes["isp3-default"], {
      family: "inet",
      destination: "default",
      via: "198.18.0.1",
      dev: "eth2",
      onlink: true,
      table: 7,
    });
  });

  it("for a link that needs no gateway is a default by the device alone, in main too", () => {
    const tunnel = {
      device: "wg0",
      address: "10.64.0.2/32",
      gateway: "none",
      table: 103,
      v6: { address: "2001:db8:64::2/64", gateway: "none" },
    };
    assert.deepEqual(
      commandsOf(routing({ uplinks: { isp1, tunnel }, mainDefault: "tunnel" })).filter((line) => line.includes("wg0")),
      [
        "ip route add default dev wg0 table 103",
        "ip -6 route add 2001:db8:64::/64 dev wg0 src 2001:db8:64::2 table 103",
        "ip -6 route add default dev wg0 table 103",
        "ip route add default dev wg0 table 254",
        "ip -6 route add default dev wg0 table 254",
      ],
    );
    assert.deepEqual(problemsOf({ uplinks: { tunnel: { ...tunnel, gateway: "nome" } } }), [
      'uplinks.tunnel.gateway: expected the gateway\'s own address, such as 203.0.113.1, or "none" where the device needs none (WireGuard, PPP, GRE), "auto" where it changes, or "manager" where another manager fills the table',
    ]);
  });

  it("with addresses that nobody knows follows the device, and makes nothing of a network that it does not know", () => {
    const leased = { device: "eth1", address: "auto", gateway: "203.0.113.1", table: 102, v6: { address: "auto", gateway: "fe80::1" } };
    const fields = { uplinks: { isp1, leased }, outside: ["192.0.2.1", "2001:db8:ffff::1"], killSwitch: true };
    assert.deepEqual(
      commandsOf(routing(fields)).filter((line) => /102|eth1/.test(line)),
      [
        "ip route add unreachable default metric 4278198272 table 102",
        "ip -6 route add unreachable default metric 4278198272 table 102",
        "ip route add default via 203.0.113.1 dev eth1 table 102 onlink",
        "ip -6 route add default via fe80::1 dev eth1 table 102",
        "ip rule add pref 15102 from ADDRESS table 102 # for each address of eth1",
        "ip -6 rule add pref 15102 from ADDRESS table 102 # for each address of eth1",
      ],
    );
    assert.deepEqual(routing(fields).rules["leased-from-v6"], {
      priority: 15102,
      family: "inet6",
      from: { addressesOf: "eth1" },
      table: 102,
    });
    assert.deepEqual(routing(fields).expect, [{ from: "198.51.100.10", to: "192.0.2.1", dev: "eth0" }]);
    const wan = { device: "ppp0", address: "auto", gateway: "none", table: 103 };
    const filled = { device: "eth2", address: "auto", gateway: "manager", table: 104 };
    assert.deepEqual(Object.keys(routing({ uplinks: { wan, filled } }).routes), ["wan-default"]);
    const six = { device: "eth3", address: "auto", gateway: "2001:db8::1", table: 105 };
    assert.deepEqual(routing({ uplinks: { six } }).rules["six-from-v6"], {
      priority: 15105,
      family: "inet6",
      from: { addressesOf: "eth3" },
      table: 105,
    });
    assert.deepEqual(problemsOf({ uplinks: { isp1, leased }, mainDefault: "leased", toRule: true }), [
      "toRule: cannot be had with the address of uplinks.leased, which is not known: it never matches anyway",
      "mainDefault: names leased, of which main's default is made with its lease, or by another manager",
    ]);
    assert.deepEqual(problemsOf({ uplinks: { leased, twin: { ...leased, table: 106 } } }), [
      "uplinks.twin.address: is that of uplinks.leased too",
    ]);
    assert.deepEqual(problemsOf({ uplinks: { leased: { ...leased, v6: { address: "auto", gateway: "203.0.113.1" } } } }), [
      "uplinks.leased.v6.gateway: is no IPv6 address",
    ]);
  });

  it("goes by whatever gateway the device has, in each family, with a literal address too", () => {
    const leased = { device: "eth1", address: "auto", gateway: "auto", table: 102, v6: { address: "auto", gateway: "auto" } };
    const still = { device: "eth2", address: "203.0.113.10/24", gateway: "auto", table: 103 };
    const { routes, rules } = routing({ uplinks: { leased, still } });
    assert.deepEqual(routes, {
      "leased-default": { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102 },
      "leased-default-v6": { family: "inet6", destination: "default", via: { gatewayOf: "eth1" }, table: 102 },
      "still-link": { destination: "203.0.113.0/24", dev: "eth2", src: "203.0.113.10", table: 103 },
      "still-default": { family: "inet", destination: "default", via: { gatewayOf: "eth2" }, table: 103 },
    });
    assert.deepEqual(rules["still-from"]?.from, "203.0.113.10");
    assert.deepEqual(
      commandsOf(routing({ uplinks: { leased } })).filter((line) => line.includes("route")),
      [
        "ip route add default via GATEWAY dev eth1 table 102 onlink # the gateway that eth1 has",
        "ip -6 route add default via GATEWAY dev eth1 table 102 onlink # the gateway that eth1 has",
      ],
    );
    assert.deepEqual(problemsOf({ uplinks: { still }, mainDefault: "still" }), [
      "mainDefault: names still, of which main's default is made with its lease, or by another manager",
    ]);
  });

  it("for several addresses is one rule from all of them, and a link route for each of their networks", () => {
    const several = { ...isp2, address: ["203.0.113.10/24", "203.0.113.11/24", "192.0.2.33/28", "192.0.2.77/32"], v6: undefined };
    const fields = { uplinks: { isp1, several }, toRule: true, outside: ["198.18.0.9"] };
    assert.deepEqual(
      commandsOf(routing(fields)).filter((line) => line.includes("102")),
      [
        "ip route add 203.0.113.0/24 dev eth1 src 203.0.113.10 table 102",
        "ip route add 192.0.2.32/28 dev eth1 src 192.0.2.33 table 102",
        "ip route add default via 203.0.113.1 dev eth1 table 102",
        ...["192.0.2.33", "192.0.2.77", "203.0.113.10", "203.0.113.11"].map((one) => `ip rule add pref 15102 from ${one} table 102`),
        ...["192.0.2.33", "192.0.2.77", "203.0.113.10", "203.0.113.11"].map((one) => `ip rule add pref 17602 to ${one} table 102`),
      ],
    );
    const { routes, rules, expect } = routing(fields);
    assert.deepEqual(
      Object.keys(routes).filter((label) => label.startsWith("several")),
      ["several-link", "several-link 192.0.2.32/28", "several-default"],
    );
    assert.deepEqual(
      Object.keys(rules).filter((label) => label.startsWith("several")),
      ["several-from", "several-to"],
    );
    assert.equal(expect.filter(({ dev }) => dev === "eth1").length, 4);
    const one = { ...isp2, address: ["203.0.113.10/24"] };
    assert.deepEqual(routing({ uplinks: { isp1, isp2: one } }), routing({ uplinks: { isp1, isp2 } }), "a list of one is that one");
    assert.deepEqual(
      problemsOf({
        uplinks: { isp1, b: { ...several, address: ["198.51.100.10/24", "203.0.113.1/24", "203.0.113.1/25", "2001:db8::1/64"] } },
      }),
      [
        "uplinks.b.address: holds addresses of both families: say IPv6 ones in v6",
        "uplinks.b.gateway: is of another address family than address",
      ],
    );
    assert.deepEqual(problemsOf({ uplinks: { b: { ...several, address: ["203.0.113.9/24", "203.0.113.9/25"] } } }), [
      "uplinks.b.address: holds an address twice",
    ]);
    assert.deepEqual(problemsOf({ uplinks: { isp1, b: { ...several, address: ["198.51.100.10/24", "203.0.113.9/24"] } } }), [
      "uplinks.b.address: is that of uplinks.isp1 too",
    ]);
  });

  it("sends preferred destinations by an uplink, behind the rules for the uplinks' own addresses", () => {
    const preferring = { ...isp2, prefer: ["192.0.2.0/24", "198.18.7.9", "2001:db8:9::/48"] };
    assert.deepEqual(
      commandsOf(routing({ uplinks: { isp1, isp2: preferring } })).filter((line) => line.includes(" to ")),
      [
        "ip rule add pref 20102 to 192.0.2.0/24 table 102",
        "ip rule add pref 20102 to 198.18.7.9 table 102",
        "ip -6 rule add pref 20102 to 2001:db8:9::/48 table 102",
      ],
    );
    assert.deepEqual(problemsOf({ uplinks: { isp1: { ...isp1, prefer: ["2001:db8:9::/48"] } } }), [
      "uplinks.isp1.prefer: holds a prefix of a family in which the uplink has no address",
    ]);
    assert.deepEqual(problemsOf({ uplinks: { isp1, isp2: preferring }, priorityBase: 22000 }), [
      "priorityBase: is at most 20265 where an uplink has prefer",
    ]);
    assert.match(problemsOf({ uplinks: { isp1: { ...isp1, prefer: ["0.0.0.0/0"] } } }).join(), /expected a prefix that is not everything/);
  });

  it("shares main's default among uplinks by weights, in each family that they have", () => {
    const shared = commandsOf(routing({ uplinks: { isp1, isp2, isp3 }, mainDefault: { isp1: 2, isp3: 1, isp2: 3 } }));
    assert.deepEqual(
      shared.filter((line) => line.includes("table 254") && line.includes("route")),
      [
        "ip route add default table 254 nexthop via 198.51.100.1 dev eth0 weight 2 nexthop via 203.0.113.1 dev eth1 weight 3 nexthop via 198.18.0.1 dev eth2 onlink",
        "ip -6 route add default via fe80::1 dev eth1 table 254",
      ],
    );
    assert.deepEqual(
      routing({ uplinks: { isp1, isp2 }, mainDefault: { isp1: 7 } }),
      routing({ uplinks: { isp1, isp2 }, mainDefault: "isp1" }),
    );
    const tunnel = { device: "wg0", address: "10.64.0.2/32", gateway: "none", table: 103 };
    assert.deepEqual(problemsOf({ uplinks: { isp1, tunnel }, mainDefault: { isp1: 1, tunnel: 2, isp9: 1 } }), [
      "mainDefault.isp9: is none of the uplinks: isp1, tunnel",
      "mainDefault.tunnel: has no gateway: shares are kept by gateways",
    ]);
    assert.deepEqual(problemsOf({ uplinks: { isp1 }, mainDefault: {} }), ["mainDefault: names no uplink"]);
  });

  it("may be one uplink alone: the one beside a primary that somebody else manages", () => {
    assert.deepEqual(commandsOf(routing({ uplinks: { second: { ...isp2, v6: undefined } } })), [
      "ip route add 203.0.113.0/24 dev eth1 src 203.0.113.10 table 102",
      "ip route add default via 203.0.113.1 dev eth1 table 102",
      "ip rule add pref 15000 table 254 suppress_prefixlength 0",
      "ip rule add pref 15102 from 203.0.113.10 table 102",
    ]);
  });

  it("has each option's entries only where it is given, the kill switch never in main", () => {
    const plain = routing({ uplinks: { isp1, isp2 } });
    const labels = (one: Routing) => [...Object.keys(one.routes), ...Object.keys(one.rules)];
    const added = (options: Fields) =>
      labels(routing({ uplinks: { isp1, isp2 }, ...options })).filter((label) => !labels(plain).includes(label));
    assert.deepEqual(added({ toRule: true }), ["isp1-to", "isp2-to", "isp2-to-v6"]);
    assert.deepEqual(added({ mainDefault: "isp2" }), ["main-default", "main-default-v6"]);
    assert.deepEqual(added({ connmark: true }), ["isp1-mark", "isp2-mark", "isp2-mark-v6"]);
    const { routes } = routing({ uplinks: { isp1, isp2 }, killSwitch: true });
    const unreachable = Object.values(routes).filter(({ type }) => type === "unreachable");
    assert.deepEqual(
      unreachable.map(({ table, metric }) => [table, metric]),
      [
        [101, 4278198272],
        [102, 4278198272],
        [102, 4278198272],
      ],
    );
    assert.match(nftText(valuesOf({ uplinks: { isp1, isp2 } }).values), /iifname "eth0" ct state new .*\| 101\n/);
  });

  it("tells all problems at once, each with its path", () => {
    assert.deepEqual(
      problemsOf({
        uplinks: {
          a: { device: "eth0", address: "198.51.100.10", gateway: "198.51.100.1", table: 101 },
          b: { device: "eth1", address: "203.0.113.10/24", gateway: "2001:db8::1", table: 2500 },
          c: { gateway: "203.0.113.10", address: "203.0.113.10/24", table: 254 },
        },
        mainDefault: "isp9",
      }),
      [
        'uplinks.a.address: expected an address with its prefix length, such as 203.0.113.10/24, or a list of 1 to 64 of them, or "auto"',
        "uplinks.b.table: expected a whole number from 1 to 2499",
        "uplinks.b.gateway: is of another address family than address",
        "uplinks.c.table: 253, 254 and 255 are the kernel's own tables",
        "uplinks.c.device: is required",
        "uplinks.c.gateway: is the host's own address",
      ],
    );
    assert.deepEqual(problemsOf({ uplinks: {} }), ["uplinks: one or more are required"]);
    assert.deepEqual(problemsOf({ uplinks: { isp1, twin: { ...isp1, device: "eth1" } }, mainDefault: "isp9" }), [
      "uplinks.twin.table: is that of uplinks.isp1 too",
      "uplinks.twin.address: is that of uplinks.isp1 too",
      "mainDefault: names none of the uplinks: isp1, twin",
    ]);
  });
});
