import assert from "node:assert/strict";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { marksOf } from "../../../../provider/src/kernel/lookup/classes/marks";
import { partsOf, printParts } from "../../../../provider/src/kernel/lookup/classes/partition";
import { classesBetween } from "../../../../provider/src/kernel/lookup/classes/told";
import { host } from "./host";

const main: Route = { family: "inet", table: "main", destination: "default", via: "198.18.1.1", dev: "e0" };
const second: Route[] = [
  { family: "inet", table: 102, destination: "default", via: "198.18.2.1", dev: "e1" },
  { family: "inet", table: 102, destination: "198.18.2.0/24", dev: "e1" },
];
const inet = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const told = (before: Parameters<typeof host>[0], after: Parameters<typeof host>[0]): string[] => {
  const { moved, unsure } = classesBetween(host(before), host(after));
  return [...moved.map(({ packets, before: was, after: is }) => `${packets}: ${was}, then ${is}`), ...unsure];
};

describe("classes of packets", () => {
  it("are none where only a table changes that nothing leads to", () => {
    assert.deepEqual(told({ routes: [main] }, { routes: [main, ...second] }), []);
  });

  it("of a rule by source are the packets from it, but for what a longer route leads elsewhere", () => {
    const before = { routes: [main, ...second], rules: [inet(900, { from: "192.0.2.0/24", table: "main" })] };
    const after = { ...before, rules: [...before.rules, inet(1000, { from: "198.18.2.2", table: 102 })] };
    assert.deepEqual(told(before, after), [
      "sent by the host from 198.18.2.2 to 0.0.0.0/0 but not 198.18.1.0/24, 198.18.2.0/24: by e0 via 198.18.1.1, then by e1 via 198.18.2.1",
      "sent by the host from 198.18.2.2 to 198.18.1.0/24 but not 198.18.1.2, 198.18.1.255: by e0, then by e1 via 198.18.2.1",
    ]);
  });

  it("say the mark, and what else a rule asks for", () => {
    const before = { routes: [main, ...second], rules: [inet(900, { from: "192.0.2.0/24", table: "main" })] };
    const rules = [...before.rules, inet(1000, { iif: "lo", fwmark: "0x1/0xff", ipproto: 6, table: 102 })];
    const [first = ""] = told(before, { ...before, rules });
    assert.match(
      first,
      /^sent by the host with no source chosen yet or from .* with fwmark 0x1\/0xff ipproto 6: by e0 via 198\.18\.1\.1, then by e1/,
    );
  });

  it("say what comes in and is dropped now, since nothing leads back by the same device", () => {
    const sysctls = { "net.ipv4.conf.e0.forwarding": 1, "net.ipv4.conf.e1.forwarding": 1, "net.ipv4.conf.e1.rp_filter": 1 };
    const rules = [inet(1000, { to: "192.0.2.0/24", table: 102 })];
    const before = { routes: [main, ...second], rules, sysctls };
    const all = told(before, { ...before, rules: [inet(1000, { to: "198.51.100.0/24", table: 102 })] });
    assert.ok(
      all.some((one) => /^coming in by e1 from 192\.0\.2\.0\/24 to .*: .*, then dropped$/.test(one)),
      all.join("\n"),
    );
  });

  it("leave out marks that none can be, and tell apart those that masks tell apart", () => {
    const rule = (fwmark: string) => ({ rule: inet(1, { fwmark }), protocol: 3, unread: [] });
    const marks = marksOf(["0x1/0xffffffff", "0x2/0x2", "0x1/0x3"].map(rule));
    assert.deepEqual(marks.map(({ says }) => says).sort(), [
      "fwmark 0x1/0x3",
      "fwmark 0x1/0xffffffff and fwmark 0x1/0x3",
      "fwmark 0x2/0x2",
      "no mark that a rule asks for",
    ]);
    for (const { mark, isOne } of marks) assert.ok(isOne(mark));
  });

  it("of prefixes name those that are meant, and of many the first ones", () => {
    const parts = partsOf(["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.0.2.0/24"], "inet");
    const print = (...prefixes: string[]) => printParts(new Set(parts.filter(({ prefix }) => prefixes.includes(prefix))), parts);
    assert.equal(print("10.0.0.0/8"), "10.0.0.0/8 but not 10.1.0.0/16");
    assert.equal(print("10.0.0.0/8", "10.1.2.0/24"), "10.0.0.0/8 but not 10.1.0.0/16, 10.1.2.0/24");
    assert.equal(print(...parts.map(({ prefix }) => prefix)), undefined);
    const many = partsOf(
      [0, 2, 4, 6, 8, 10].map((at) => `10.${at}.0.0/16`),
      "inet",
    );
    assert.equal(printParts(new Set(many.slice(1)), many), "10.0.0.0/16, 10.2.0.0/16, 10.4.0.0/16, 3 more prefixes");
  });

  it("have no part where longer prefixes leave no address", () => {
    const [whole] = partsOf(["0.0.0.0/1", "128.0.0.0/1"], "inet");
    assert.equal(whole?.address, undefined);
    assert.equal(partsOf(["2001:db8::/32"], "inet6")[0]?.address, "::");
  });
});
