import assert from "node:assert/strict";
import type { Flow } from "../../../../provider/src/declaration/flow";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { host, link, way } from "./host";

const links = [link("lo"), link("e0", { master: "red" }), link("e1"), link("red", { kind: "vrf", vrfTable: 10 })];
const inet = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const inet6 = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet6", priority, ...rest });
const route = (table: Route["table"], destination: string, dev: string): Route => ({
  family: destination.includes(":") ? "inet6" : "inet",
  table,
  destination,
  dev,
});
const vrf = [inet(1000, { l3mdev: true }), inet6(1000, { l3mdev: true })];
const routes = [route(10, "10.0.0.0/8", "e0"), route("main", "11.0.0.0/8", "e1"), route(10, "2001:db8:a::/48", "e0")];
const inRed = "10.0.0.5";
const inMain = "11.0.0.5";

const flows: Readonly<Record<string, Partial<Flow> & { to: string }>> = {
  "oif e0": { to: inRed, oif: "e0" },
  "oif red": { to: inRed, oif: "red" },
  "iif e0": { to: inRed, from: "10.0.0.9", iif: "e0" },
  "iif red": { to: inRed, from: "10.0.0.9", iif: "red" },
  none: { to: inRed },
};

describe("a lookup in a VRF", () => {
  const red = host({ rules: vrf, routes, links });

  it("looks into its table where the packet came in by it or its socket is bound to it, and only there", () => {
    for (const name of ["oif e0", "oif red", "iif e0"]) assert.equal(way(red, flows[name] ?? { to: inRed }), "by e0 (table 10)", name);
    assert.match(way(red, { to: inRed }), /^no route/);
    assert.match(way(red, { to: inRed, from: "198.18.1.2" }), /^no route/);
  });

  it("goes on to main where its table has no route, and never takes the destination to be on the link", () => {
    assert.equal(way(red, { to: inMain, oif: "red" }), "by e1 (table main)");
    assert.match(way(red, { to: inMain, oif: "e0" }), /^no route/);
    assert.equal(way(red, { to: "12.0.0.5", oif: "e1" }), "by e1 (no route: taken to be on the link)");
    const closed = host({ rules: [...vrf, inet(1001, { l3mdev: true, action: "unreachable" })], routes, links });
    assert.equal(way(closed, { to: inMain, oif: "red" }), "unreachable (by a rule)");
    assert.equal(way(closed, { to: inMain }), "by e1 (table main)");
  });

  it("finds the host's own addresses in the table of their VRF, and hands packets over by the VRF", () => {
    const own: Route = { ...route(10, "198.18.64.2", "e0"), type: "local" };
    const owned = host({ rules: vrf, routes: [...routes, own], links });
    assert.equal(way(owned, { to: "198.18.64.2", oif: "red" }), "delivered on the host (table 10)");
    assert.match(way(owned, { to: "198.18.64.2" }), /^no route/);
  });

  it("passes over all rules for what is on one link of it", () => {
    const refusing = [inet6(500, { action: "prohibit" })];
    const linked = host({ rules: [...vrf, ...refusing], routes: [...routes, route(10, "fe80::/64", "e0")], links });
    assert.equal(way(linked, { to: "fe80::9", oif: "e0" }), "by e0 (table 10)");
    assert.match(way(linked, { to: "fe80::9", oif: "red" }), /^no route/);
    assert.equal(way(linked, { to: "2001:db8:a::5", oif: "e0" }), "prohibit (by a rule)");
  });

  /** Which flows a selector has: up to 6.12, and since 6.16; measured by `ip route get`. */
  const table: readonly [selector: Partial<Rule>, old: readonly string[], since: readonly string[]][] = [
    [{ oif: "e0" }, ["oif e0"], ["oif e0"]],
    [{ oif: "red" }, [], ["oif e0", "oif red"]],
    [{ iif: "e0" }, ["iif e0"], ["iif e0"]],
    [{ iif: "red" }, ["iif red"], ["iif e0", "iif red"]],
    [{ iif: "lo" }, ["oif e0", "oif red", "none"], ["oif e0", "oif red", "none"]],
    [{ oif: "red", not: true }, Object.keys(flows), ["iif e0", "iif red", "none"]],
  ];
  for (const [selector, old, since] of table)
    it(`has, of a rule with ${JSON.stringify(selector)}, the packets that the kernel has`, () => {
      const matching = (kernel: string): string[] => {
        const network = host({ rules: [...vrf, inet(900, { ...selector, action: "prohibit" })], routes, links, kernel });
        return Object.keys(flows).filter((name) => way(network, flows[name] ?? { to: inRed }) === "prohibit (by a rule)");
      };
      for (const kernel of ["5.10.0", "6.1.0", "6.12.117"]) assert.deepEqual(matching(kernel), old, kernel);
      for (const kernel of ["6.16.12", "7.3.4"]) assert.deepEqual(matching(kernel), since, kernel);
    });

  it("cannot tell whether a rule that names it has what came in by its devices, between 6.12 and 6.16", () => {
    const rules = [...vrf, inet(900, { iif: "red", action: "prohibit" })];
    assert.match(
      way(host({ rules, routes, links, kernel: "6.14.0" }), flows["iif e0"] ?? { to: inRed }),
      /^cannot tell .*not known of Linux 6.14.0/,
    );
    const same = [...vrf, inet(900, { oif: "red", table: 10 })];
    assert.equal(way(host({ rules: same, routes, links, kernel: "6.14.0" }), flows["oif red"] ?? { to: inRed }), "by e0 (table 10)");
  });
});
