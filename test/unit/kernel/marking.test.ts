import assert from "node:assert/strict";
import { type Filters, markingOf } from "../../../provider/src/kernel/management/marking";

/** As `nft list ruleset` prints it: chains by name, each with its lines. */
const nft = (chains: Readonly<Record<string, readonly string[]>>, more: readonly string[] = []): string =>
  [
    "table ip t {",
    ...more,
    ...Object.entries(chains).flatMap(([name, lines]) => [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), "\t}"]),
    "}",
  ].join("\n");
const hook = (type: string, at: string): string => `type ${type} hook ${at} priority mangle; policy accept;`;
const marking = (ruleset: string, more: Partial<Filters> = {}) =>
  markingOf({ unsure: "", arriving: "", iptables: "", ...more, nft: ruleset });
const mark = "meta mark set 0x00000080";

describe("what may mark packets", () => {
  it("marks replies only in what the host sends, where it is routed anew", () => {
    assert.match(
      String(marking(nft({ o: [hook("route", "output"), `tcp sport 22 ${mark}`] })).reply?.why),
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
    assert.equal(output("meta mark set ct mark"), undefined, "of connections that nothing marks");
    assert.notEqual(output('counter packets 0 bytes 0 xt target "CONNMARK"'), undefined);
  });

  it("reads the mangle table of the old iptables", () => {
    const save = (...lines: string[]) =>
      ["*raw", "COMMIT", "*mangle", ":PREROUTING ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":own - [0:0]", ...lines, "COMMIT"].join("\n");
    const read = (...lines: string[]) => marking("", { iptables: save(...lines) });
    assert.deepEqual(read("-A PREROUTING -i eth0 -j MARK --set-xmark 0x1/0xffffffff").reply, undefined);
    assert.notEqual(read("-A PREROUTING -i eth0 -j MARK --set-xmark 0x1/0xffffffff").incoming, undefined);
    const restore = "-A own -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff";
    assert.equal(read("-A OUTPUT -j own", restore).reply, undefined);
    assert.deepEqual(read("-A OUTPUT -j own", restore, "-A INPUT -j CONNMARK --set-xmark 0x1203/0xffffffff").reply?.marks, [3]);
    assert.equal(read("-A OUTPUT -j own", "-A own -j CONNMARK --save-mark").reply, undefined);
    assert.equal(read("-A FORWARD -j MARK --set-xmark 0x1/0x1").reply, undefined);
  });

  it("is nothing that can be told where a filter cannot be read, or the kernel itself gives marks on", () => {
    const any = { why: "net.ipv4.tcp_fwmark_accept is 1", marks: undefined };
    assert.deepEqual(marking("", { unsure: "net.ipv4.tcp_fwmark_accept is 1\n" }), { reply: any, incoming: any });
    assert.match(String(marking("Operation not permitted (you must be root)").reply?.why), /not permitted/);
    const program = "tc has at eth0: filter protocol all pref 1 bpf chain 0 handle 0x1 to_container direct-action";
    assert.deepEqual(marking("", { arriving: `${program}\n` }), { reply: undefined, incoming: { why: program, marks: undefined } });
  });

  it("knows the values that may come of all that marks, in any order", () => {
    const values = (...lines: string[]) => marking(nft({ o: [hook("route", "output"), ...lines] })).reply?.marks?.toSorted((a, b) => a - b);
    assert.deepEqual(values("meta mark set 0x00000080 accept", "tcp dport 22 counter packets 0 bytes 0 meta mark set 1"), [1, 0x80]);
    assert.deepEqual(
      values("meta mark set meta mark & 0xfffffff0 | 0x00000003", "meta mark set meta mark | 0x00000100"),
      [3, 0x100, 0x103],
    );
    assert.deepEqual(values("meta mark set mark and 0xff or 0x10 xor 0x11"), [1]);
    assert.deepEqual(values("meta mark set ct mark", "ct mark set 0x7 meta mark set 0x9"), [7, 9]);
    assert.deepEqual(values("meta mark set ct mark & 0xff", "meta mark set 0x1234 ct mark set meta mark"), [0x34, 0x1234]);
    assert.equal(values("meta mark set meta mark & 0xff"), undefined, "of packets without a mark none gets one");
    for (const line of [
      "meta mark set tcp dport map { 22 : 0x00000001 }",
      "meta mark set numgen inc mod 2",
      "meta mark set meta mark map { 0x1 : 0x2 }",
      "meta mark set meta mark << 2 accept",
      "meta mark set ct mark ct mark set ip saddr map @m",
      'counter packets 0 bytes 0 xt target "MARK"',
    ]) {
      const { reply } = marking(nft({ o: [hook("route", "output"), "meta mark set 1", line] }));
      assert.ok(reply !== undefined && reply.marks === undefined, line);
    }
  });

  it("knows them of the old iptables too, whose other tables mark what comes in", () => {
    const read = (table: string, ...lines: string[]) => marking("", { iptables: [`*${table}`, ...lines, "COMMIT"].join("\n") });
    assert.deepEqual(
      read("mangle", "-A OUTPUT -j MARK --set-xmark 0x100/0xff00", "-A OUTPUT -j MARK --set-xmark 0x1/0x0").reply?.marks,
      [0x100, 1, 0x101],
    );
    assert.deepEqual(read("raw", "-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff"), {
      reply: undefined,
      incoming: { why: "chain PREROUTING of table raw has: -j MARK --set-xmark 0x5/0xffffffff", marks: [5] },
    });
    const proxy = "-A PREROUTING -p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1";
    assert.ok(read("mangle", proxy).incoming !== undefined);
    for (const words of ["CONNMARK --restore-mark --left-shift-mark 2", "NFQUEUE --queue-num 1", "SET --map-set s src --map-mark"])
      assert.deepEqual(read("mangle", "-A INPUT -j CONNMARK --set-xmark 0x1/0x1", `-A OUTPUT -j ${words}`).reply, {
        why: `chain OUTPUT of table mangle has: -j ${words}`,
        marks: undefined,
      });
  });
});
