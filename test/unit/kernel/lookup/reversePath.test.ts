import assert from "node:assert/strict";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { ask, host, way } from "./host";

const settings = (all: number, e1: number, rest: Record<string, number> = {}) => ({
  "net.ipv4.conf.all.rp_filter": all,
  "net.ipv4.conf.e1.rp_filter": e1,
  "net.ipv4.conf.e0.forwarding": 1,
  "net.ipv4.conf.e1.forwarding": 1,
  ...rest,
});
const stranger = "192.0.2.9";
/** Comes in by the second uplink, while replies leave by the first. */
const arriving = { to: "198.18.2.2", from: stranger, iif: "e1" };
const custom: Rule = { family: "inet", priority: 100, to: "198.51.100.1", table: 105 };
const uplinks = (sysctls: Record<string, number>, rules: Rule[] = [custom]) =>
  host({
    rules,
    sysctls,
    routes: [
      { family: "inet", table: "main", destination: "default", via: "198.18.1.1", dev: "e0" },
      { family: "inet", table: 101, destination: "default", via: "198.18.2.1", dev: "e1" },
    ],
  });

describe("reverse path filtering", () => {
  it("drops, when strict, what replies would not leave by, and says which setting and which rule", () => {
    assert.equal(
      way(uplinks(settings(0, 1)), arriving),
      "dropped (rp_filter of e1 is 1 (strict): the way back to 192.0.2.9 leaves by e0, not by e1, by ip -4 rule pref 32766 table 254)",
    );
    assert.equal(way(uplinks(settings(0, 0)), arriving), "delivered on the host (table local)");
    assert.equal(way(uplinks(settings(0, 2)), arriving), "delivered on the host (table local)");
  });

  it("takes the higher of all and the device", () => {
    assert.match(way(uplinks(settings(1, 0)), arriving), /^dropped \(rp_filter of all is 1 \(strict\)/);
    assert.equal(ask(uplinks(settings(1, 2)), arriving).kind, "local");
  });

  it("looks the way back up from the address that was asked, so a from rule saves it", () => {
    const rule: Rule = { family: "inet", priority: 100, from: "198.18.2.2", table: 101 };
    assert.equal(ask(uplinks(settings(1, 1), [rule]), arriving).kind, "local");
  });

  it("compares marks only where src_valid_mark is set", () => {
    const rule: Rule = { family: "inet", priority: 100, fwmark: "0x1/0xff", table: 101 };
    const marked = { ...arriving, mark: 1 };
    assert.equal(ask(uplinks(settings(1, 1), [rule]), marked).kind, "dropped");
    assert.equal(ask(uplinks(settings(1, 1, { "net.ipv4.conf.e1.src_valid_mark": 1 }), [rule]), marked).kind, "local");
  });

  it("drops, when loose, only what there is no way back to", () => {
    const without = host({ rules: [custom], sysctls: settings(0, 2) });
    assert.match(way(without, arriving), /^dropped \(rp_filter of e1 is 2 \(loose\): there is no way back to 192\.0\.2\.9 \(no route\)/);
  });

  it("drops the host's own address as a source, unless accept_local is set", () => {
    const spoofed = { ...arriving, from: "198.18.1.2" };
    assert.match(way(uplinks(settings(0, 0)), spoofed), /^dropped \(its source 198\.18\.1\.2 is an address of the host itself\)$/);
    assert.equal(ask(uplinks(settings(0, 0, { "net.ipv4.conf.e1.accept_local": 1 })), spoofed).kind, "local");
  });

  it("forwards only where the device on which it came in forwards", () => {
    const passing = { to: "203.0.113.7", from: "198.18.2.9", iif: "e1" };
    assert.equal(way(uplinks(settings(0, 0)), passing), "by e0 via 198.18.1.1 (table main)");
    assert.match(way(uplinks(settings(0, 0, { "net.ipv4.conf.e1.forwarding": 0 })), passing), /^no route \(the host does not forward/);
  });
});
