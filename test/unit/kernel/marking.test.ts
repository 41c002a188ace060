import assert from "node:assert/strict";
import { markingOf } from "../../../provider/src/kernel/management/marking";

/** As `nft list ruleset` prints it: chains by name, each with its lines. */
const nft = (chains: Readonly<Record<string, readonly string[]>>, more: readonly string[] = []): string =>
  [
    "table ip t {",
    ...more,
    ...Object.entries(chains).flatMap(([name, lines]) => [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), "\t}"]),
    "}",
  ].join("\n");
const hook = (type: string, at: string): string => `type ${type} hook ${at} priority mangle; policy accept;`;
const marking = (ruleset: string, more: { unsure?: string; iptables?: string } = {}) =>
  markingOf({ unsure: "", iptables: "", ...more, nft: ruleset });
const mark = "meta mark set 0x00000080";

describe("what may mark packets", () => {
  it("marks replies only in what the host sends, where it is routed anew", () => {
    assert.match(
      String(marking(nft({ o: [hook("route", "output"), `tcp sport 22 ${mark}`] })).reply),
      /^chain o of table ip t has: tcp sport 22 meta mark set/,
    );
    for (const [type, at] of [
      ["filter", "output"],
      ["nat", "output"],
      ["filter", "forward"],
      ["filter", "input"],
      ["filter", "postrouting"],
      ["filter", "prerouting"],
    ] as const)
      assert.equal(marking(nft({ c: [hook(type, at), mark] })).reply, undefined, `${type} ${at}`);
  });

  it("marks what comes in before it is routed", () => {
    for (const type of ["filter", "nat"]) assert.notEqual(marking(nft({ c: [hook(type, "prerouting"), mark] })).incoming, undefined);
    assert.notEqual(
      marking(nft({ c: ['type filter hook ingress device "eth0" priority filter; policy accept;', mark] })).incoming,
      undefined,
    );
    for (const at of ["output", "forward", "input", "postrouting"])
      assert.equal(marking(nft({ c: [hook("filter", at), mark] })).incoming, undefined, at);
  });

  it("counts a filter chain's mark where a later chain has the packet routed anew, and what a program may mark", () => {
    const filter = { f: [hook("filter", "output"), mark] };
    assert.notEqual(marking(nft({ ...filter, r: [hook("route", "output"), "ip dscp set cs1"] })).reply, undefined);
    assert.notEqual(marking(nft({ f: [hook("filter", "output"), "queue flags bypass to 200"] })).reply, undefined);
  });

  it("follows jumps and verdict maps, and no chain that nothing leads to", () => {
    const sub = { sub: [mark], other: ["counter"] };
    assert.notEqual(marking(nft({ ...sub, o: [hook("route", "output"), "ip daddr 192.0.2.1 jump other", "goto sub"] })).reply, undefined);
    assert.notEqual(
      marking(nft({ ...sub, o: [hook("route", "output"), "ip daddr vmap { 192.0.2.1 : jump sub, 192.0.2.2 : drop }"] })).reply,
      undefined,
    );
    const map = ["\tmap m {", "\t\ttype ipv4_addr : verdict", "\t\telements = { 192.0.2.9 : jump sub }", "\t}"];
    assert.notEqual(marking(nft({ ...sub, o: [hook("route", "output"), "ip daddr vmap @m"] }, map)).reply, undefined);
    assert.equal(marking(nft({ ...sub, o: [hook("route", "output"), "jump other"] }, map)).reply, undefined);
    const loop = { a: ["jump b"], b: ["jump a"] };
    assert.equal(marking(nft({ ...loop, o: [hook("route", "output"), "jump a"] })).reply, undefined);
  });

  it("tells a packet's mark from a connection's, and from what a person wrote beside it", () => {
    const output = (line: string) => marking(nft({ o: [hook("route", "output"), line] })).reply;
    assert.equal(output("ct mark set meta mark & 0x000000ff"), undefined);
    assert.equal(output('accept comment "meta mark set 7"'), undefined);
    assert.notEqual(output("meta mark set ct mark"), undefined);
    assert.notEqual(output('counter packets 0 bytes 0 xt target "CONNMARK"'), undefined);
  });

  it("reads the mangle table of the old iptables", () => {
    const save = (...lines: string[]) =>
      ["*mangle", ":PREROUTING ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":own - [0:0]", ...lines, "COMMIT"].join("\n");
    const read = (...lines: string[]) => marking("", { iptables: save(...lines) });
    assert.deepEqual(read("-A PREROUTING -i eth0 -j MARK --set-xmark 0x1/0xffffffff").reply, undefined);
    assert.notEqual(read("-A PREROUTING -i eth0 -j MARK --set-xmark 0x1/0xffffffff").incoming, undefined);
    assert.notEqual(read("-A OUTPUT -j own", "-A own -j CONNMARK --restore-mark --nfmask 0xff").reply, undefined);
    assert.equal(read("-A OUTPUT -j own", "-A own -j CONNMARK --save-mark").reply, undefined);
    assert.equal(read("-A FORWARD -j MARK --set-xmark 0x1/0x1").reply, undefined);
  });

  it("is nothing that can be told where a filter cannot be read, or the kernel itself gives marks on", () => {
    assert.deepEqual(marking("", { unsure: "net.ipv4.tcp_fwmark_accept is 1\n" }), {
      reply: "net.ipv4.tcp_fwmark_accept is 1",
      incoming: "net.ipv4.tcp_fwmark_accept is 1",
    });
    assert.match(String(marking("Operation not permitted (you must be root)").reply), /not permitted/);
  });
});
