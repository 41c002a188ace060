import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AttributeTable } from "../../../provider/src/declaration/attribute";
import { nexthopAttributes } from "../../../provider/src/declaration/nexthop/attributes";
import { routeAttributes } from "../../../provider/src/declaration/route/attributes";
import { typeNames, typeOf } from "../../../provider/src/declaration/route/tunnel";
import { ruleAttributes } from "../../../provider/src/declaration/rule/rule";

/** What `ip rule help`, `ip route help` and `ip nexthop help` of iproute2 6.15 print. */
const help = (object: string): string => readFileSync(join(__dirname, "help", `${object}.txt`), "utf8");

/** The words that a person may type, in the lines of the grammar that begin with one of these names. */
function wordsOf(text: string, ...symbols: string[]): Set<string> {
  const words = new Set<string>();
  let wanted = false;
  for (const line of text.split("\n")) {
    const [, symbol] = /^([A-Z_0-9]+) :=/.exec(line) ?? [];
    if (symbol !== undefined) wanted = symbols.includes(symbol);
    if (!wanted) continue;
    for (const [word] of line
      .replace(/^[A-Z_0-9]+ :=/, "")
      .matchAll(/End(?:\.[A-Za-z0-9]+)*|(?<![A-Za-z0-9_.])[a-z][a-z0-9_.-]*(?![A-Z])/g))
      words.add(word);
  }
  return words;
}

const said = (table: AttributeTable): Set<string> =>
  new Set(Object.values(table).flatMap(({ ip }) => [...ip.matchAll(/[a-z][a-z0-9_.-]*/g)].map(([word]) => word)));

const named = ["mode", "action", "flavors"];
/** A word of a tunnel: its type, a parameter, or a value that has a name. */
const isOfTunnel = (text: string): boolean =>
  typeNames.some(
    (name) =>
      name === text ||
      typeOf(name)?.parameters.some(
        ({ word, value }) => word.split(" ").includes(text) || (named.includes(word) && value?.(text) === text),
      ) === true,
  );

/** What is not there, and why. */
const left: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  rule: {
    pref: "the same as priority",
    protocol: "the origin tag: ours",
    nat: "the kernel has had none since 2.6",
  },
  route: {
    proto: "the origin tag: ours",
    "ttl-propagate": "read for MPLS routes only; for IPv4 and IPv6 the kernel drops it silently [seen on Linux 6.18]",
    enabled: "of ttl-propagate",
    disabled: "of ttl-propagate",
    nat: "the kernel has had none since 2.6",
    as: "for `ip route get` and nat only",
    to: "of as",
    pervasive: "set by the kernel, which ignores it when it is asked for",
    bridge: "no address family of a gateway that routes of IPv4 and IPv6 take",
    all: "no table: every table",
    kernel: "an origin tag",
    boot: "an origin tag",
    static: "an origin tag",
    s: "times are in milliseconds",
    ms: "times are in milliseconds",
    rpl: "the kernel shows its segments compressed, which cannot be compared; not in Debian's kernels",
    ioam6: "not in Debian's kernels: nothing to test it on",
    trace: "of ioam6",
    prealloc: "of ioam6",
    type: "of ioam6",
    ns: "of ioam6",
    size: "of ioam6",
    xfrm: "external mode of XFRM interfaces; Debian's kernels have no such encapsulation of routes",
    if_id: "of xfrm",
    link_dev: "of xfrm",
    cleanup: "in the help, but iproute2 6.15 does not know it",
    count: "switches counters on; they never come to rest, and are no part of where packets go",
    ...Object.fromEntries(
      ["End.BM", "End.S", "End.AS", "End.AM", "usp", "usd"].map((word) => [word, "no kernel takes it: Linux 6.18 did not"]),
    ),
    "End.BPF": "names a program by a file on the host, which `ip` does not show again",
    endpoint: "of End.BPF",
  },
  nexthop: {
    fdb: "of VXLAN devices, not of routes",
    hw_stats: "counters of switch hardware, no part of where packets go",
    off: "of hw_stats",
    on: "of hw_stats",
  },
};

describe("the grammar of ip", () => {
  const cases: [string, AttributeTable, string[]][] = [
    ["rule", ruleAttributes, ["SELECTOR", "ACTION", "SUPPRESSOR", "TABLE_ID"]],
    [
      "route",
      routeAttributes,
      "NODE_SPEC INFO_SPEC NH FAMILY OPTIONS TYPE TABLE_ID SCOPE NHFLAGS RTPROTO PREF TIME FEATURES ENCAPTYPE SEG6HDR SEGMODE SEG6LOCAL ACTION OPTION FLAVOR IOAM6HDR XFRMINFO".split(
        " ",
      ),
    ],
    ["nexthop", nexthopAttributes, ["NH", "GROUP", "TYPE", "RESILIENT_ARGS", "ENCAPTYPE"]],
  ];
  for (const [object, table, symbols] of cases)
    it(`of ${object}: every word of iproute2 6.15 has its attribute, or a reason why not`, () => {
      const words = wordsOf(help(object), ...symbols);
      assert.ok(words.size > 10);
      const attributes = said(table);
      const isCovered = (word: string): boolean => attributes.has(word) || (object !== "rule" && isOfTunnel(word));
      const reasons = left[object] ?? {};
      assert.deepEqual(
        [...words].filter((word) => !isCovered(word) && reasons[word] === undefined),
        [],
        "neither covered nor left out for a reason",
      );
      assert.deepEqual(
        Object.keys(reasons).filter((word) => !words.has(word)),
        [],
        "left out, but not in the grammar",
      );
      console.log(`      ${words.size} words; left out: ${Object.keys(reasons).join(", ")}`);
    });
});
