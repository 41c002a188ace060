import assert from "node:assert/strict";
import { type Entry, nothingBeside, ownerOf, owners, type Surroundings } from "../../../../provider/src/managers/takeover/owners";

const rule = (values: Entry["values"], protocol = 0): Entry => ({ kind: "rule", values: { family: "inet", ...values }, protocol });
const route = (values: Entry["values"], protocol = 3): Entry => ({
  kind: "route",
  values: { family: "inet", destination: "198.51.100.0/24", dev: "eth1", table: 100, ...values },
  protocol,
});
const tailscaleMark = "0x80000/0xff0000";

/** An entry for each line of the table, in its order, and what stands beside it. */
const rows: readonly (readonly [promise: string, who: string, Entry, Partial<Surroundings>?])[] = [
  ["what the kernel made", "the kernel", route({ table: "main" }, 2)],
  ["table local", "the kernel", route({ table: "local" })],
  ["the rule at 32766", "the kernel", rule({ priority: 32766, table: "main" })],
  ["what a router advertised", "router advertisements", route({}, 9)],
  ["a route with a lifetime", "router advertisements", route({ family: "inet6", destination: "2001:db8::/64", expires: 1700 })],
  ["what a DHCP client tagged", "a DHCP client", route({ destination: "default", table: "main" }, 16)],
  [
    "the default of a device with a lease",
    "a DHCP client",
    route({ destination: "default", table: "main", dev: "eth0" }),
    { leased: new Set(["eth0"]) },
  ],
  ["proto 66", "google-guest-agent", route({}, 66)],
  ["proto 84", "OVN", route({}, 84)],
  ["proto 11", "zebra", route({}, 11)],
  ["proto 12", "bird", route({}, 12)],
  ["proto 42", "babel", route({}, 42)],
  ["proto 99", "openr", route({}, 99)],
  ["proto 186, bgp", "FRR", route({}, 186)],
  ["proto 18", "keepalived", rule({ priority: 500, table: 7 }, 18)],
  ["a rule with Tailscale's mark at its priority", "Tailscale", rule({ priority: 5250, fwmark: tailscaleMark, action: "unreachable" })],
  ["a rule into table 52 at Tailscale's priority", "Tailscale", rule({ priority: 5270, table: 52 })],
  ["a route of table 52 beside Tailscale", "Tailscale", route({ table: 52 }), { agents: new Set(["tailscale"]) }],
  [
    "not fwmark M lookup M",
    "wg-quick",
    rule({ priority: 32764, not: true, fwmark: "0xca6c/0xffffffff", table: 51820 }),
    { tunnelled: new Set([51820]) },
  ],
  [
    "lookup main suppress_prefixlength 0 beside it",
    "wg-quick",
    rule({ priority: 32763, table: "main", suppressPrefixlength: 0 }),
    { tunnelled: new Set([51820]) },
  ],
  ["the default by the tunnel", "wg-quick", route({ destination: "default", dev: "wg0", table: 51820 }), { tunnelled: new Set([51820]) }],
  ["a rule at 105 beside NetBird", "NetBird", rule({ priority: 105, table: 7120 }), { agents: new Set(["netbird"]) }],
  ["a rule at 9 beside Cilium", "Cilium", rule({ priority: 9, table: 2004 }), { agents: new Set(["cilium"]) }],
  [
    "a rule at 10001 beside amazon-ec2-net-utils",
    "amazon-ec2-net-utils",
    rule({ priority: 10001, table: 10001 }),
    { agents: new Set(["amazon-ec2-net-utils"]) },
  ],
  [
    "a route of table 10001 beside amazon-ec2-net-utils",
    "amazon-ec2-net-utils",
    route({ table: 10001 }),
    { agents: new Set(["amazon-ec2-net-utils"]) },
  ],
  [
    "a rule into a table ort1 beside oci-utils",
    "oci-utils",
    rule({ priority: 300, table: 2 }),
    { agents: new Set(["oci-utils"]), names: new Map([[2, "ort1"]]) },
  ],
  ["a rule at 9000 beside a tun device", "a VPN client", rule({ priority: 9000, table: 2022 }), { devices: new Set(["tun0"]) }],
  ["a route by a container's bridge", "containers", route({ dev: "br-0123456789ab" })],
  ["a route by libvirt's bridge", "virtual machines", route({ dev: "virbr0" })],
  ["a route by tailscale0", "a VPN client", route({ dev: "tailscale0" })],
];

describe("whose an entry on a host is", () => {
  it("has a promise for each line of the table", () => assert.equal(rows.length, owners.length));

  for (const [at, [promise, who, entry, beside = {}]] of rows.entries())
    it(`${promise}: ${who}`, () => {
      const found = ownerOf(entry, { ...nothingBeside, ...beside });
      assert.deepEqual([found?.owner, found?.isHere], [owners[at], true]);
      assert.equal(found?.owner.who, who);
    });

  it("a person's, whatever the tag that `ip`, ifupdown, networkd and NetworkManager leave", () => {
    for (const proto of [0, 3, 4]) {
      assert.equal(ownerOf(rule({ priority: 1000, from: "203.0.113.10", table: 100 }, proto), nothingBeside), undefined);
      assert.equal(ownerOf(route({}, proto), nothingBeside), undefined);
    }
  });

  it("a person's: exceptions between Tailscale's rules, and its priorities with other contents", () => {
    for (const values of [
      { priority: 5259, to: "100.64.0.0/10", table: 52 },
      { priority: 5265, table: "main" },
      { priority: 5270, to: "10.0.0.0/8", table: "main" },
    ])
      assert.equal(ownerOf(rule(values), nothingBeside), undefined);
  });

  it("a person's: a mark that is not its table, and rules at the kernel's places that are not the kernel's", () => {
    const beside = { ...nothingBeside, tunnelled: new Set([1000]) };
    assert.equal(ownerOf(rule({ priority: 1000, not: true, fwmark: "0x8888/0xffffffff", table: 1000 }), beside), undefined);
    assert.equal(ownerOf(rule({ priority: 0, to: "192.168.2.1", table: 201 }), nothingBeside), undefined);
  });

  it("an agent's only where the agent is: elsewhere it is told that it looks so", () =>
    assert.deepEqual(ownerOf(rule({ priority: 105, table: 7120 }), nothingBeside)?.isHere, false));
});
