import assert from "node:assert/strict";
import { declarationIn } from "../../../../provider/src/cli/preview/declaration";
import type { ConfigurationFile, Declaration } from "../../../../provider/src/managers/render/declaration";
import { renderIfupdown } from "../../../../provider/src/managers/render/ifupdown";
import { renderKeyfile } from "../../../../provider/src/managers/render/keyfile";
import { renderNetplan } from "../../../../provider/src/managers/render/netplan";
import { renderNetworkd } from "../../../../provider/src/managers/render/networkd";

/** A resource in what `pulumi stack export` prints. */
const of = (kind: string, inputs: Record<string, unknown>) => ({
  urn: `urn:pulumi:test::test::pulumi-nodejs:dynamic/policyrouting:${kind}::one`,
  type: `pulumi-nodejs:dynamic/policyrouting:${kind}`,
  inputs: { connection: { host: "edge-1" }, owner: { stack: "organization/test/test" }, ...inputs },
});

const declarationOf = (resources: readonly object[], host?: string): Declaration =>
  declarationIn(JSON.stringify({ deployment: { resources } }), "state.json", host);

/** The how-to's second uplink, as HostRouting declares it; more entries by section. */
function declared(more: Record<string, object> = {}): Declaration {
  const inputs = {
    tables: { rt2: { tableId: 100, name: "rt2" } },
    routes: {
      default: { destination: "default", via: "203.0.113.1", dev: "eth1", table: 100 },
      link: { destination: "203.0.113.0/24", dev: "eth1", src: "203.0.113.10", table: 100 },
      ...more["routes"],
    },
    rules: {
      from: { priority: 1000, from: "203.0.113.10", table: 100 },
      to: { priority: 1001, to: "203.0.113.10", table: 100 },
      ...more["rules"],
    },
    nexthops: more["nexthops"],
    reversePathFilter: more["reversePathFilter"],
  };
  return declarationOf([of("HostRouting", inputs)]);
}

const text = (files: readonly ConfigurationFile[], path: string): string => {
  const found = files.find((one) => one.path.endsWith(path));
  assert.ok(found !== undefined, `${path} is not among ${files.map((one) => one.path).join(" ")}`);
  return found.text;
};

/** The lines of what cannot be expressed. */
function refused(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message
      .split("\n")
      .filter((line) => line.startsWith("    "))
      .map((line) => line.trim());
  }
  return assert.fail("nothing was refused");
}

const twoUplinks = [
  { via: "203.0.113.1", dev: "eth1" },
  { via: "198.51.100.1", dev: "eth2", weight: 3 },
];

describe("rendering for ifupdown", () => {
  it("gives the lines of the how-to, and the way back", () => {
    const files = renderIfupdown(declared());
    assert.equal(text(files, "/rt_tables.d/policy-routing.conf"), "100 rt2\n");
    assert.equal(
      text(files, "/interfaces.d/policy-routing").replace(/^#.*\n/gm, ""),
      [
        "iface eth1 inet manual",
        "\tpost-up ip route add 203.0.113.0/24 dev eth1 src 203.0.113.10 table rt2",
        "\tpost-up ip route add default via 203.0.113.1 dev eth1 table rt2",
        "\tpost-up ip rule add pref 1000 from 203.0.113.10 table rt2",
        "\tpost-up ip rule add pref 1001 to 203.0.113.10 table rt2",
        "\tpre-down ip rule del pref 1001 to 203.0.113.10 table rt2 || true",
        "\tpre-down ip rule del pref 1000 from 203.0.113.10 table rt2 || true",
        "\tpre-down ip route del default via 203.0.113.1 dev eth1 table rt2 || true",
        "\tpre-down ip route del 203.0.113.0/24 dev eth1 table rt2 || true",
        "",
      ].join("\n"),
    );
  });

  it("keeps with lo what needs no device, and with each device what is its own, next hops before routes", () => {
    const files = renderIfupdown(
      declared({
        nexthops: { isp: { nhid: 5, via: "2001:db8::1", dev: "eth2" } },
        routes: {
          object: { destination: "2001:db8:9::/48", nhid: 5, table: 200 },
          last: { destination: "default", family: "inet", type: "unreachable", metric: 4000, table: 200 },
        },
        rules: { stop: { priority: 1100, family: "inet6", iif: "eth~1", action: "prohibit" } },
        reversePathFilter: { eth2: "loose" },
      }),
    );
    const [, eth1 = "", eth2 = "", lo = ""] = text(files, "/interfaces.d/policy-routing").split("iface ");
    assert.match(eth1, /^eth1 inet manual\n/);
    assert.match(
      eth2,
      /^eth2 .*\n\tpost-up echo 2 > \/proc\/sys\/net\/ipv4\/conf\/eth2\/rp_filter\n\tpost-up ip nexthop add id 5 .*\n\tpost-up ip -6 route /,
    );
    assert.match(
      lo,
      /^lo .*\n\tpost-up ip route add unreachable default metric 4000 table 200\n\tpost-up ip -6 rule add pref 1100 iif 'eth~1' prohibit\n/,
    );
  });

  it("keeps a kill-switch's rule with lo: it must stay when the device of its table goes", () => {
    for (const last of [
      { family: "inet", destination: "default", type: "unreachable", metric: 4000, table: 51820 },
      { family: "inet", destination: "default", nhid: 9, metric: 4000, table: 51820 },
    ]) {
      const given = {
        nexthops: { nowhere: { nhid: 9, blackhole: true } },
        routes: { tunnel: { family: "inet", destination: "default", dev: "wg0", table: 51820 }, last },
        rules: { user: { priority: 901, family: "inet", uidrange: "1002", table: 51820 } },
      };
      const stanzas = text(renderIfupdown(declared(given)), "/interfaces.d/policy-routing").split("iface ");
      assert.match(stanzas.find((one) => one.startsWith("lo ")) ?? "", /post-up ip rule add pref 901 /);
      assert.doesNotMatch(stanzas.find((one) => one.startsWith("wg0 ")) ?? "", / rule /);
      const files = renderNetworkd(declared(given));
      assert.match(text(files, "/lo.network"), /Priority=901\n/);
      assert.doesNotMatch(text(files, "/wg0.network.d/policy-routing.conf"), /Priority=901\n/);
    }
  });

  it("refuses what goes by several devices, or by one that is not said", () => {
    const routes = {
      both: { destination: "192.0.2.0/24", nexthops: twoUplinks },
      open: { destination: "192.0.2.0/25", via: "203.0.113.1" },
      other: { destination: "192.0.2.0/26", nhid: 77, family: "inet" },
    };
    const nexthops = {
      a: { nhid: 1, via: "203.0.113.1", dev: "eth1" },
      b: { nhid: 2, via: "198.51.100.1", dev: "eth2" },
      both: { nhid: 3, group: [{ nhid: 1 }, { nhid: 2 }] },
    };
    const lines = refused(() => renderIfupdown(declared({ routes, nexthops })));
    for (const [attribute, why] of [
      ["nexthops", "goes by eth1 and eth2"],
      ["group", "goes by eth1 and eth2"],
      ["dev", "is needed"],
      ["nhid", "next hop 77 is not declared"],
    ])
      assert.ok(
        lines.some((line) => line.includes(`: ${attribute}: ${why}`)),
        `${attribute}\n${lines.join("\n")}`,
      );
    assert.equal(lines.length, 4);
  });
});

describe("rendering for systemd-networkd", () => {
  it("gives a drop-in for each device", () => {
    const files = renderNetworkd(declared());
    assert.deepEqual(text(files, "/eth1.network.d/policy-routing.conf").split("\n").slice(2), [
      "[Route]",
      "Destination=0.0.0.0/0",
      "Gateway=203.0.113.1",
      "Table=100",
      "",
      "[Route]",
      "Destination=203.0.113.0/24",
      "Scope=link",
      "PreferredSource=203.0.113.10",
      "Table=100",
      "",
      "[RoutingPolicyRule]",
      "Priority=1000",
      "Family=ipv4",
      "From=203.0.113.10",
      "Table=100",
      "",
      "[RoutingPolicyRule]",
      "Priority=1001",
      "Family=ipv4",
      "To=203.0.113.10",
      "Table=100",
      "",
    ]);
  });

  it("spreads flows over devices, groups next hops, says the family where nothing else does, and which version it needs", () => {
    const files = renderNetworkd(
      declared({
        routes: {
          both: { destination: "192.0.2.0/24", nexthops: twoUplinks },
          last: { destination: "default", family: "inet6", type: "blackhole", table: 7 },
        },
        nexthops: {
          a: { nhid: 1, dev: "eth1" },
          drop: { nhid: 2, blackhole: true, family: "inet6" },
          g: { nhid: 3, group: [{ nhid: 1, weight: 3 }] },
        },
      }),
    );
    const eth1 = text(files, "/eth1.network.d/policy-routing.conf");
    assert.ok(eth1.includes("MultiPathRoute=203.0.113.1@eth1\nMultiPathRoute=198.51.100.1@eth2 3\n"), eth1);
    assert.ok(eth1.includes("[NextHop]\nId=1\nFamily=ipv4\n\n"), eth1);
    assert.ok(eth1.includes("[NextHop]\nId=3\nGroup=1:3\n\n"), eth1);
    assert.match(eth1, /^# Needs systemd 252/);
    const lo = text(files, "/lo.network");
    assert.ok(lo.includes("[Match]\nName=lo\n"), lo);
    assert.ok(lo.includes("[Route]\nType=blackhole\nDestination=::/0\nTable=7\n"), lo);
    assert.ok(lo.includes("[NextHop]\nId=2\nFamily=ipv6\nBlackhole=yes\n"), lo);
  });

  it("names every attribute that an older version would pass over", () => {
    const older = declared({
      routes: { object: { destination: "192.0.2.0/24", nhid: 2 }, mss: { destination: "192.0.2.0/25", dev: "eth1", advmss: 1360 } },
      rules: { stop: { priority: 1100, to: "192.0.2.0/24", action: "prohibit" } },
      nexthops: { a: { nhid: 1, via: "203.0.113.1", dev: "eth1" }, g: { nhid: 2, group: [{ nhid: 1 }] } },
    });
    assert.equal(renderNetworkd(older).length, 3);
    const lines = refused(() => renderNetworkd(older, 247));
    assert.deepEqual(lines.map((line) => /: (\w+): has no key in systemd 247, but in 252$/.exec(line)?.[1]).sort(), [
      "action",
      "advmss",
      "group",
      "nhid",
    ]);
    assert.equal(renderNetworkd(declared({ nexthops: { a: { nhid: 1, via: "203.0.113.1", dev: "eth1" } } }), 247).length, 2);
  });

  it("names every attribute that it has no key for, all at once", () => {
    const rule = { family: "inet", table: 100 };
    const lines = refused(() =>
      renderNetworkd(
        declared({
          routes: { lock: { destination: "192.0.2.0/24", dev: "eth1", mtu: 1400, mtuLock: true, initcwnd: 2000, encap: "ip id 1" } },
          rules: {
            mark: { ...rule, priority: 1100, fwmark: "0/0xff" },
            port: { ...rule, priority: 1101, dport: "80/0xfff0" },
            dscp: { ...rule, priority: 1102, dscp: "EF" },
            nop: { family: "inet", priority: 1103, action: "nop" },
            goto: { family: "inet", priority: 1104, goto: 2000 },
            realms: { ...rule, priority: 1105, realms: "3/4", tunId: 5 },
          },
          reversePathFilter: { eth1: "loose" },
        }),
      ),
    );
    const named = lines.map((line) => /: (\w+): /.exec(line)?.[1]).sort();
    assert.deepEqual(
      named,
      ["reversePathFilter", "encap", "mtuLock", "initcwnd", "fwmark", "dport", "dscp", "action", "goto", "realms", "tunId"].sort(),
    );
  });
});

describe("reading what is declared", () => {
  it("takes resources one by one as it takes a whole host, and passes over what is not ours", () => {
    const { tables, routes, rules } = declared();
    const one = [
      ...tables.map((table) => of("RoutingTable", { ...table })),
      ...routes.map((route) => of("PolicyRoute", { ...route })),
      ...rules.map((rule) => of("PolicyRule", { ...rule, machineId: "x", __provider: "y" })),
      { urn: "other", type: "aws:ec2/instance:Instance", inputs: { table: 7 } },
    ].map((resource, index) => ({ ...resource, urn: `${resource.urn}${index}` }));
    assert.deepEqual(declarationOf(one), declared());
  });

  it("refuses what is secret or not known yet, without telling it; a login's secrets are nothing to it", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"203.0.113.1"' };
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const rule = { priority: 1000, family: "inet", table: 100 };
    assert.throws(() => declarationOf([of("PolicyRule", { ...rule, from: secret })]), /PolicyRule one: from is a secret(?!.*203\.0\.113)/s);
    assert.throws(() => declarationOf([of("PolicyRule", { ...rule, from: unknown })]), /PolicyRule one: from is not known yet/);
    assert.throws(
      () => declarationOf([of("HostRouting", { rules: { a: { ...rule, from: secret } } })]),
      /HostRouting one: rules\.a\.from is a secret/,
    );
    const connection = { host: "edge-1", user: secret, password: "[secret]", proxy: { host: "jump", privateKey: secret } };
    assert.equal(declarationOf([of("PolicyRule", { ...rule, connection })]).rules.length, 1);
  });

  it("refuses a resource of which it cannot tell the host, instead of leaving it out", () => {
    const known = of("PolicyRule", { priority: 1000, family: "inet", table: 100 });
    for (const host of ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", undefined])
      assert.throws(
        () => declarationOf([known, { ...of("PolicyRule", { connection: { host } }), urn: "other::two" }]),
        /PolicyRule two: .*its host cannot be told/s,
      );
    const other = { ...known, urn: "other::two", inputs: { ...known.inputs, connection: { host: "edge-2" } } };
    assert.throws(() => declarationOf([known, other]), /several hosts are declared, choose one by --host: edge-1, edge-2/);
    assert.equal(declarationOf([known, other], "edge-2").rules.length, 1);
  });

  it("refuses an entry that no check lets pass, instead of leaving it out", () => {
    const routes = { link: { destination: "192.0.2.0/24", table: 100, dev: "eth1" }, last: { destination: "no prefix", table: 100 } };
    assert.throws(() => declarationOf([of("HostRouting", { routes })]), /routes\.last\.destination/);
    assert.throws(() => declarationOf([of("PolicyRule", { priority: "soon", table: 100 })]), /priority/);
  });

  it("refuses a preview that does not show all", () => {
    const { urn, ...newState } = of("PolicyRule", { priority: 1000, family: "inet", table: 100 });
    const preview = (more: object) => JSON.stringify({ steps: [{ op: "create", urn, newState }], ...more });
    assert.equal(declarationIn(preview({}), "plan.json").rules.length, 1);
    assert.throws(() => declarationIn(preview({ changeSummary: { same: 3 } }), "plan.json"), /leaves out 3 unchanged resources/);
    assert.throws(() => declarationIn(preview({ diagnostics: [{ severity: "error" }] }), "plan.json"), /the preview ended with an error/);
    assert.throws(() => declarationIn("{}", "plan.json"), /plan\.json is neither a stack's state nor a preview/);
  });
});

describe("rendering for netplan", () => {
  it("is one file that netplan joins with others, and what needs no device stands with lo", () => {
    const routes = { last: { type: "unreachable", destination: "default", family: "inet", metric: 4000, table: 102 } };
    const rules = { six: { priority: 1002, from: "2001:db8:2::2", fwmark: 16, table: 100 } };
    assert.equal(
      text(renderNetplan(declared({ routes, rules })), "/90-policy-routing.yaml").replace(/^#.*\n/, ""),
      `network:
  version: 2
  ethernets:
    eth1:
      routes:
        - to: 0.0.0.0/0
          via: 203.0.113.1
          table: 100
        - to: 203.0.113.0/24
          scope: link
          from: 203.0.113.10
          table: 100
      routing-policy:
        - priority: 1000
          from: 203.0.113.10
          table: 100
        - priority: 1001
          to: 203.0.113.10
          table: 100
        - priority: 1002
          from: "2001:db8:2::2"
          mark: 16
          table: 100
    lo:
      routes:
        - type: unreachable
          to: 0.0.0.0/0
          metric: 4000
          table: 102
`,
    );
  });

  it("says in the file that an older netplan refuses it, where that is so", () => {
    const routes = { quick: { destination: "192.0.2.0/24", via: "203.0.113.1", dev: "eth1", initcwnd: 20 } };
    assert.match(text(renderNetplan(declared({ routes })), "/90-policy-routing.yaml"), /^# Needs a netplan newer than 0\.101\b/);
    assert.doesNotMatch(text(renderNetplan(declared({})), "/90-policy-routing.yaml"), /newer than/);
  });

  it("refuses what it has no key for, all of it at once", () => {
    const routes = {
      both: { destination: "192.0.2.0/24", nexthops: twoUplinks },
      mtu: { destination: "192.0.2.0/25", via: "203.0.113.1", dev: "eth1", mtu: 1400, mtuLock: true },
    };
    const rules = {
      mark: { priority: 1, from: "203.0.113.10", fwmark: "0x10/0xff", table: 100 },
      bare: { priority: 2, family: "inet", fwmark: 5, table: 100 },
      stop: { priority: 3, from: "203.0.113.11", action: "prohibit" },
    };
    const lines = refused(() =>
      renderNetplan(
        declared({ routes, rules, nexthops: { one: { nhid: 5, via: "203.0.113.1", dev: "eth1" } }, reversePathFilter: { eth1: "loose" } }),
      ),
    );
    for (const attribute of ["nhid", "reversePathFilter", "nexthops", "mtuLock", "fwmark", "family", "action"])
      assert.equal(lines.filter((line) => line.includes(`: ${attribute}: `)).length, 1, `${attribute}\n${lines.join("\n")}`);
    assert.equal(lines.length, 7);
  });
});

describe("rendering for NetworkManager", () => {
  it("is what is to be appended to the keyfile of a connection, and a connection of lo", () => {
    const routes = {
      last: { type: "unreachable", destination: "default", family: "inet", metric: 4000, table: 102 },
      six: { destination: "2001:db8:9::/48", via: "2001:db8:2::1", dev: "eth1", table: 100 },
    };
    const rules = {
      six: { priority: 1002, from: "2001:db8:2::2", table: 100 },
      stop: { priority: 1003, to: "198.51.100.0/24", action: "prohibit" },
    };
    const files = renderKeyfile(declared({ routes, rules }));
    assert.equal(
      text(files, "/policy-routing/eth1").replace(/^#.*\n/, ""),
      `[ipv4]
route101=0.0.0.0/0,203.0.113.1,0
route101_options=table=100
route102=203.0.113.0/24,0.0.0.0,0
route102_options=src=203.0.113.10,table=100
routing-rule101=pref 1000 from 203.0.113.10 table 100
routing-rule102=pref 1001 to 203.0.113.10 table 100

[ipv6]
route101=2001:db8:9::/48,2001:db8:2::1,1024
route101_options=table=100
routing-rule101=pref 1002 from 2001:db8:2::2 table 100
`,
    );
    assert.match(
      text(files, "/policy-routing.nmconnection"),
      /^type=loopback\n[\s\S]*?route101=0\.0\.0\.0\/0,0\.0\.0\.0,4000\nroute101_options=type=unreachable,scope=0,table=102\nrouting-rule101=pref 1003 to 198\.51\.100\.0\/24 prohibit$/m,
    );
  });

  it("refuses what it has no word for, all of it at once", () => {
    const routes = {
      both: { destination: "192.0.2.0/24", nexthops: twoUplinks },
      via6: { destination: "192.0.2.0/25", via: "2001:db8:2::1", dev: "eth1", hoplimit: 9 },
    };
    const rules = {
      port: { priority: 1, family: "inet", ipproto: "tcp", dport: "22/0xff", table: 100 },
      vrf: { priority: 2, family: "inet", l3mdev: true },
    };
    const lines = refused(() =>
      renderKeyfile(
        declared({ routes, rules, nexthops: { one: { nhid: 5, via: "203.0.113.1", dev: "eth1" } }, reversePathFilter: { eth1: "loose" } }),
      ),
    );
    for (const attribute of ["nhid", "reversePathFilter", "nexthops", "via", "hoplimit", "dport", "l3mdev"])
      assert.equal(lines.filter((line) => line.includes(`: ${attribute}: `)).length, 1, `${attribute}\n${lines.join("\n")}`);
    assert.equal(lines.length, 7);
  });
});
