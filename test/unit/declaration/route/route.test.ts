import assert from "node:assert/strict";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { routeAttributes } from "../../../../provider/src/declaration/route/attributes";
import { settleRoute } from "../../../../provider/src/declaration/route/route";
import { unknownValue } from "../../../../provider/src/declaration/unknown";
import { problemsWith } from "../problems";

const valid = { destination: "198.51.100.0/24", via: "203.0.113.1" };
const problems = (input: Record<string, unknown>): string[] => problemsWith(routeAttributes, input, settleRoute);
const values = (input: Record<string, unknown>): unknown => {
  const { values: found, problems: wrong } = canonical(routeAttributes, input, settleRoute);
  assert.deepEqual(wrong, []);
  return { ...found };
};

const prefix = "expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32";
const hostBits = (network: string) => `has address bits set beyond its prefix length: write ${network}`;
const gateway = "expected the gateway's own address: leave it out for what is on the link of the device";
const address = "expected an IPv4 or IPv6 address, such as 203.0.113.1 or 2001:db8::1";

describe("a route that cannot be meant", () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ["a malformed destination", { ...valid, destination: "198.51.100.0/2x" }, [`destination: ${prefix}`]],
    ["octal octets", { ...valid, destination: "198.051.100.0/24" }, [`destination: ${prefix}`]],
    ["host bits", { ...valid, destination: "198.51.100.7/24" }, [`destination: ${hostBits("198.51.100.0/24")}`]],
    ["host bits of IPv6", { destination: "2001:db8::1/64", dev: "eth1" }, [`destination: ${hostBits("2001:db8::/64")}`]],
    ["host bits of everything", { destination: "198.51.100.7/0", dev: "eth1" }, [`destination: ${hostBits("0.0.0.0/0")}`]],
    ["no text as destination", { ...valid, destination: 7 }, ["destination: expected default, or a prefix such as 198.51.100.0/24"]],
    ["no destination", { via: "203.0.113.1" }, ["destination: is required: default, or a prefix such as 198.51.100.0/24"]],
    ["a malformed gateway", { ...valid, via: "203.0.113.1/24" }, [`via: ${address}`]],
    ["the address that stands for none as a gateway", { ...valid, via: "0.0.0.0" }, [`via: ${gateway}`]],
    ["the same for IPv6", { destination: "2001:db8::/32", via: "0::0", dev: "eth1" }, [`via: ${gateway}`]],
    [
      "the same among several",
      { ...valid, via: undefined, nexthops: [{ via: "0.0.0.0", dev: "eth1" }, { dev: "eth2" }] },
      [`nexthops.0.via: ${gateway}`],
    ],
    ["a gateway with a zone", { ...valid, via: "fe80::1%eth1" }, [`via: ${address}`]],
    ["a malformed source", { ...valid, src: "203.0.113" }, [`src: ${address}`]],
    ["a source of the other family", { ...valid, src: "2001:db8::1" }, ["src: is of another address family than destination"]],
    [
      "an IPv4 gateway for IPv6",
      { destination: "2001:db8::/32", via: "203.0.113.1" },
      ["via: is of another address family than destination: only an IPv4 route may have a gateway of the other family"],
    ],
    [
      "a family that the destination denies",
      { ...valid, family: "inet6", via: "2001:db8::1" },
      ["family: is not the family of destination, which is inet"],
    ],
    [
      "no family",
      { destination: "default", dev: "eth1" },
      ["family: is required where neither destination, src nor via says it: inet or inet6"],
    ],
    ["no next hop", { destination: "198.51.100.0/24" }, ["via: is required, or dev, or a type without a next hop such as blackhole"]],
    ["a next hop for what has none", { ...valid, type: "blackhole" }, ["via: has no meaning for type blackhole"]],
    [
      "an unknown type",
      { ...valid, type: "nat" },
      ["type: expected one of unicast, local, broadcast, anycast, multicast, blackhole, unreachable, prohibit, throw"],
    ],
    [
      "an anycast route of IPv6",
      { destination: "2001:db8:9::/64", dev: "eth1", type: "anycast", table: 100 },
      ["type: anycast is of inet: for inet6 the kernel makes them itself"],
    ],
    ["a lock of what is not said", { ...valid, initcwndLock: true }, ["initcwndLock: needs initcwnd"]],
    ["an unknown scope", { ...valid, scope: "universe" }, ["scope: expected one of global, site, link, host"]],
    ["a link-local gateway without its device", { destination: "default", via: "fe80::1" }, ["dev: is required with a link-local gateway"]],
    ["onlink without a device", { ...valid, onlink: true }, ["onlink: needs both via and dev"]],
    ["a negative metric", { ...valid, metric: -1 }, ["metric: expected a whole number from 0 to 4294967295"]],
    ["a metric beyond 32 bits", { ...valid, metric: 4294967296 }, ["metric: expected a whole number from 0 to 4294967295"]],
    ["table 0", { ...valid, table: 0 }, ["table: expected a table number from 1 to 4294967295, main, default or local"]],
    ["table 255", { ...valid, table: 255 }, ["table: table 255 holds the host's own addresses: write local if you mean it"]],
    [
      "a device with a slash",
      { destination: "198.51.100.0/24", dev: "a/b" },
      ["dev: expected a device name of 1 to 15 letters, digits and . _ - (no blanks, quotes or slashes)"],
    ],
    ["from for IPv4", { ...valid, from: "198.18.0.0/15" }, ["from: exists for inet6 only"]],
    [
      "a type of service that is none",
      { ...valid, tos: 3 },
      ['tos: expected a type of service such as 16 or "0x10", a multiple of 4 up to 0xfc'],
    ],
    [
      "an unknown field",
      { ...valid, gateway: "203.0.113.1", destinaton: "x" },
      ["gateway: unknown field", "destinaton: unknown field: did you mean destination?"],
    ],
  ];
  for (const [what, input, expected] of cases) it(`has ${what}`, () => assert.deepEqual(problems(input), expected));

  it("is told all of it at once", () => {
    assert.deepEqual(problems({ destination: "x", via: "y", metric: -1, table: 0 }), [
      `destination: ${prefix}`,
      `via: ${address}`,
      "metric: expected a whole number from 0 to 4294967295",
      "table: expected a table number from 1 to 4294967295, main, default or local",
    ]);
  });
});

describe("a route in canonical form", () => {
  const base = { family: "inet", destination: "198.51.100.0/24", via: "203.0.113.1", table: "main" };
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["says its family and its table", valid, base],
    ["says default for everything", { destination: "0.0.0.0/0", via: "203.0.113.1" }, { ...base, destination: "default" }],
    [
      "says default for everything of IPv6",
      { destination: "::/0", dev: "eth1" },
      { family: "inet6", destination: "default", dev: "eth1", table: "main" },
    ],
    [
      "takes the family of the gateway for a default route",
      { destination: "default", via: "203.0.113.1" },
      { ...base, destination: "default" },
    ],
    [
      "may have an IPv6 gateway for IPv4",
      { family: "inet", destination: "default", via: "fe80::1", dev: "eth1" },
      { family: "inet", destination: "default", via: "fe80::1", dev: "eth1", table: "main" },
    ],
    ["does not say the default type", { ...valid, type: "unicast" }, base],
    ["does not say the default scope", { ...valid, scope: "global" }, base],
    ["says another scope", { ...valid, scope: "site" }, { ...base, scope: "site" }],
    [
      "has no scope in IPv6",
      { destination: "2001:db8::/32", dev: "eth1", scope: "link" },
      { family: "inet6", destination: "2001:db8::/32", dev: "eth1", table: "main" },
    ],
    ["does not say metric 0", { ...valid, metric: 0 }, base],
    ["says metric 1024 for IPv4", { ...valid, metric: 1024 }, { ...base, metric: 1024 }],
    [
      "does not say metric 1024 for IPv6",
      { destination: "2001:db8::/32", dev: "eth1", metric: 1024 },
      { family: "inet6", destination: "2001:db8::/32", dev: "eth1", table: "main" },
    ],
    [
      "does not say metric 0 for IPv6",
      { destination: "2001:db8::/32", dev: "eth1", metric: 0 },
      { family: "inet6", destination: "2001:db8::/32", dev: "eth1", table: "main" },
    ],
    ["does not say a flag that is off", { ...valid, onlink: false }, base],
    ["has the type of service in hexadecimal", { ...valid, tos: 16 }, { ...base, tos: "0x10" }],
    [
      "does not say any source",
      { destination: "2001:db8::/32", from: "::/0", dev: "eth1" },
      { family: "inet6", destination: "2001:db8::/32", dev: "eth1", table: "main" },
    ],
    ["has the kernel's tables by name", { ...valid, table: 253 }, { ...base, table: "default" }],
    [
      "needs no next hop for blackhole",
      { destination: "198.51.100.0/24", type: "blackhole" },
      { family: "inet", type: "blackhole", destination: "198.51.100.0/24", table: "main" },
    ],
  ];
  for (const [what, input, expected] of cases)
    it(what, () => {
      assert.deepEqual(values(input), expected);
      assert.deepEqual(values(expected), expected);
    });
});

describe("a route with values that are not known yet", () => {
  for (const input of [
    { destination: unknownValue, via: "203.0.113.1" },
    { destination: "default", via: unknownValue },
    { destination: "default", dev: unknownValue, family: "inet" },
    { destination: "198.51.100.0/24", type: unknownValue },
    { ...valid, table: unknownValue },
  ])
    it(`passes: ${JSON.stringify(input).replaceAll(unknownValue, "?")}`, () => assert.deepEqual(problems(input), []));
});
