import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isPolicyRoutingError } from "../../../provider/src/errors";
import { parseIpJson } from "../../../provider/src/kernel/observed/ipJson";
import { nameHeader, parseNames, parseRoutes, parseRules } from "../../../provider/src/kernel/observed/parse";
import { describe as describeRoute } from "../../../provider/src/kernel/route/route";
import { describe as describeRule } from "../../../provider/src/kernel/rule/rule";

/** Made by fixtures/capture.sh. */
const fixture = (name: string) => parseIpJson(readFileSync(join(__dirname, "fixtures", `${name}.json`), "utf8"), name);
const tagged = (words: string, { protocol, unread }: { protocol: number; unread: readonly string[] }): string =>
  [words, "proto", protocol, ...unread.map((key) => `?${key}`)].join(" ");

it("rules of IPv4 are read as they were made", () => {
  assert.deepEqual(
    parseRules(fixture("rules-4"), "inet").map((one) => tagged(describeRule(one.rule), one)),
    [
      "ip -4 rule pref 0 table 255 proto 2",
      "ip -4 rule pref 1000 not from 198.18.1.0/24 to 198.51.100.0/24 iif e0 oif nodev fwmark 0x1/0xff table 100 proto 214",
      "ip -4 rule pref 1001 from 198.18.1.2 table 254 proto 214",
      "ip -4 rule pref 1002 from 198.18.1.0/24 fwmark 0x0/0xffffffff blackhole proto 214",
      "ip -4 rule pref 1003 unreachable proto 0",
      "ip -4 rule pref 1004 prohibit proto 0",
      "ip -4 rule pref 1005 nop proto 0",
      "ip -4 rule pref 1007 fwmark 0x1/0x0 table 4294967295 proto 0",
      "ip -4 rule pref 1008 table 254 suppress_prefixlength 0 proto 0",
      "ip -4 rule pref 1009 goto 1010 proto 0",
      "ip -4 rule pref 1010 tos 0x10 uidrange 1000-1999 ipproto 6 sport 443 table 255 realms 3/4 proto 0",
      "ip -4 rule pref 32766 table 254 proto 2",
      "ip -4 rule pref 32767 table 253 proto 2",
    ],
  );
});

it("rules of IPv6 are read as they were made", () => {
  assert.deepEqual(
    parseRules(fixture("rules-6"), "inet6").map((one) => tagged(describeRule(one.rule), one)),
    [
      "ip -6 rule pref 0 table 255 proto 2",
      "ip -6 rule pref 1000 not from 2001:db8::/32 to ::1 iif e0 table 100 proto 214",
      "ip -6 rule pref 1001 unreachable proto 214",
      "ip -6 rule pref 1002 fwmark 0x7/0xffffffff nop proto 0",
      "ip -6 rule pref 32766 table 254 proto 2",
    ],
  );
});

it("routes of IPv4 are read as they were made", () => {
  assert.deepEqual(
    parseRoutes(fixture("routes-4"), "inet", 100).map((one) => tagged(describeRoute(one.route), one)),
    [
      "ip -4 route default via 198.18.1.1 dev e0 table 100 proto 214",
      "ip -4 route default via 198.18.1.1 dev e0 src 198.18.1.2 metric 50 table 100 onlink proto 214",
      "ip -4 route prohibit default metric 100 table 100 proto 214",
      "ip -4 route 198.18.1.0/24 dev e0 table 100 proto 214",
      "ip -4 route 198.18.3.0/24 via 198.18.1.1 dev e0 table 100 scope 200 proto 214",
      "ip -4 route blackhole 198.18.9.0/24 table 100 proto 214",
      "ip -4 route throw 198.18.10.0/24 tos 0x10 table 100 proto 3",
      "ip -4 route local 198.18.11.0/24 dev lo table 100 proto 3",
      "ip -4 route broadcast 198.18.12.0 dev e1 table 100 proto 3",
      "ip -4 route unreachable 198.18.13.7 table 100 proto 4",
      "ip -4 route 198.18.14.0/24 via inet6 fe80::1 dev e0 table 100 proto 214",
      "ip -4 route 198.18.15.0/24 table 100 mtu 1400 nexthop via 198.18.1.1 dev e0 nexthop via 198.18.2.1 dev e1 weight 2 proto 3",
      "ip -4 route multicast 239.0.0.0/8 dev e1 table 100 proto 3",
    ],
  );
});

it("routes of IPv6 are read as they were made", () => {
  assert.deepEqual(
    parseRoutes(fixture("routes-6"), "inet6", 100).map((one) => tagged(describeRoute(one.route), one)),
    [
      "ip -6 route 2001:db8:2::/64 via 2001:db8:1::1 dev e0 src 2001:db8:1::2 metric 7 table 100 proto 214",
      "ip -6 route blackhole 2001:db8:3::/64 table 100 proto 214",
      "ip -6 route unreachable 2001:db8:4::/64 table 100 proto 214",
      "ip -6 route throw 2001:db8:5::/64 table 100 proto 214",
      "ip -6 route 2001:db8:6::/64 from 2001:db8:1::/64 dev e0 table 100 proto 214",
      "ip -6 route 2001:db8:6::/64 dev e0 table 100 proto 214",
      "ip -6 route local 2001:db8:7::1 dev lo table 100 proto 214",
      "ip -6 route 2001:db8:8::/64 via fe80::1 dev e0 table 100 onlink expires 299 proto 3",
      "ip -6 route 2001:db8:9::/64 table 100 nexthop via fe80::1 dev e0 nexthop via fe80::2 dev e1 proto 3",
      "ip -6 route multicast ff05::/16 dev e0 table 100 proto 214",
      "ip -6 route default via fe80::1 dev e0 table 100 proto 214",
      "ip -6 route prohibit default metric 2000 table 100 proto 214",
    ],
  );
});

it("what no attribute reads is told", () => {
  const [rule] = parseRules([{ priority: 7, src: "all", table: "100", protocol: "0", novelty: 1 }], "inet");
  assert.deepEqual(rule?.unread, ["novelty"]);
  const [route] = parseRoutes([{ type: "1", dst: "default", dev: "e0", protocol: "4", scope: "253", flags: [], novelty: {} }], "inet", 100);
  assert.deepEqual(route?.unread, ["novelty"]);
});

it("what describes the moment is not", () => {
  const [rule] = parseRules([{ priority: 7, src: "all", iif: "absent0", iif_detached: null, table: "100", protocol: "0" }], "inet");
  assert.deepEqual(rule?.unread, []);
  const [route] = parseRoutes(
    [{ type: "1", dst: "default", gateway: "198.18.1.1", dev: "e0", protocol: "4", scope: "0", flags: ["linkdown", "dead"] }],
    "inet",
    100,
  );
  assert.deepEqual([route?.unread, route?.route.onlink], [[], undefined]);
});

it("what a route shows of its next hop object is the object's", () => {
  // As iproute2 6.1 prints it: the tunnel's fields stand among the route's own.
  const object = '"encap":"ip","id":100,"src":"0.0.0.0","dst":"192.0.2.1","ttl":0,"tos":0,"gateway":"198.18.1.1","dev":"e0"';
  const rest = `"protocol":"214","scope":"0","flags":["onlink"],"nh_info":{"id":5,${object},"scope":"253","protocol":"214","flags":["onlink"]}`;
  const text = `[{"type":"1","dst":"198.51.100.0/24","nhid":5,${object},${rest}}]`;
  const [route] = parseRoutes(parseIpJson(text, "routes"), "inet", 100);
  assert.deepEqual([route?.unread, route?.route], [[], { family: "inet", table: 100, destination: "198.51.100.0/24", nhid: 5 }]);
});

it("a table shown by its number is the table that was asked for", () => {
  const json = [{ type: "1", dst: "default", dev: "e0", protocol: "214", scope: "253", flags: [] }];
  assert.equal(parseRoutes(json, "inet", "main")[0]?.route.table, "main");
  assert.equal(parseRoutes(json, "inet", 4294967295)[0]?.route.table, 4294967295);
});

it("nothing is an empty list, and what is no object is no entry", () => {
  assert.deepEqual(parseIpJson("", "rules"), []);
  assert.deepEqual(parseIpJson(" \n", "rules"), []);
  assert.deepEqual(parseIpJson("[]", "rules"), []);
  assert.deepEqual(parseIpJson('[null, 1, "x", []]', "rules"), []);
});

it("what is no list is no answer, never an empty one", () => {
  for (const printed of ['{"priority": 1}', "null", "1"]) assert.throws(() => parseIpJson(printed, "rules"), /is not JSON/);
});

it("garbage is an error that shows some of it, escaped", () => {
  assert.throws(
    () => parseIpJson(`\u001b[2J<html>${"x".repeat(5000)}`, "rules inet"),
    (error: unknown) => {
      assert.ok(isPolicyRoutingError(error));
      assert.equal(error.kind, "protocol");
      assert.match(error.message, /^the answer of ip for rules inet is not JSON\n {2}came back: \\x1b\[2J<html>x+\n {2}next: /);
      assert.ok(error.message.length < 600);
      return true;
    },
  );
});

describe("the files of table names", () => {
  it("are read line by line, each with its file", () => {
    const text = [
      "==> /etc/iproute2/rt_tables",
      "#",
      "# reserved values",
      "255\tlocal",
      "  254  main # comment",
      "0x10 hex",
      "no number",
      "12",
      "#1 inr.ruhep",
      "==> /etc/iproute2/rt_tables.d/policy-routing-100.conf",
      `${nameHeader}\thost/table/100#t0k3n\torganization/project/stack`,
      "# made /etc/iproute2/rt_tables.d",
      "100 rt2",
      "==> /etc/iproute2/rt_tables.d/other.conf",
      "101 rt3",
      "",
    ].join("\n");
    assert.deepEqual(parseNames(text), [
      { file: "/etc/iproute2/rt_tables", tableId: 255, name: "local" },
      { file: "/etc/iproute2/rt_tables", tableId: 254, name: "main" },
      { file: "/etc/iproute2/rt_tables", tableId: 16, name: "hex" },
      {
        file: "/etc/iproute2/rt_tables.d/policy-routing-100.conf",
        tableId: 100,
        name: "rt2",
        owner: { id: "host/table/100#t0k3n", stack: "organization/project/stack" },
      },
      { file: "/etc/iproute2/rt_tables.d/other.conf", tableId: 101, name: "rt3" },
    ]);
  });

  it("may be none", () => assert.deepEqual(parseNames(""), []));
});
