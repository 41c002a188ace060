import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { printFailure } from "../../../../provider/src/declaration/failures";
import { hostRoutingFields, settleHostRouting } from "../../../../provider/src/declaration/hostRouting";
import { describe as describeRoute } from "../../../../provider/src/kernel/route/steps";
import { describe as describeRule } from "../../../../provider/src/kernel/rule/steps";
import { type Declared, declare } from "../../../../provider/src/managers/takeover/declare";
import { formats, foundIn, readFiles } from "../../../../provider/src/managers/takeover/formats/index";
import { nothingBeside } from "../../../../provider/src/managers/takeover/owners";
import { sectionsOf } from "../../../../provider/src/managers/takeover/sections";
import { forms } from "./forms";

const convert = (files: Readonly<Record<string, string>>, main = false): Declared => {
  const sources = Object.entries(files).map(([path, text]) => ({ name: path, path, text }));
  return declare(foundIn(readFiles(sources)), { beside: nothingBeside, main });
};
const taken = ({ routes, rules }: Declared): string[] => [
  ...routes.map(({ is }) => describeRoute(is).replace(/(?<=table 100) scope \d+/, "")),
  ...rules.map(({ is }) => describeRule(is)),
];
const whats = (all: readonly { what: string }[]): string[] => [...new Set(all.map(({ what }) => what))];

describe("what other managers' files say", () => {
  for (const { format, files, taken: wanted = [], left, named = [] } of forms) {
    const [[path = "", text = ""] = []] = Object.entries(files);
    it(`${format}: ${JSON.stringify(text)}`, () => {
      assert.equal(formats.find((one) => one.isOne({ name: path, path, text }))?.name, format);
      const declared = convert(files);
      assert.deepEqual(taken(declared), wanted);
      assert.deepEqual(whats(declared.refused), named);
      if (left !== undefined) assert.deepEqual(whats(declared.leftOut), left);
    });
  }

  it("what is taken, a host can declare", () => {
    for (const { files } of forms) {
      const sections = sectionsOf(convert(files)).map(({ name, entries }) => {
        assert.deepEqual(new Set(entries.map(({ label }) => label)).size, entries.length, "a label stands for one entry");
        return [name, Object.fromEntries(entries.map(({ label, values }) => [label, values]))];
      });
      const { problems } = canonical(hostRoutingFields, Object.fromEntries(sections), settleHostRouting);
      assert.deepEqual(problems.map(printFailure), [], JSON.stringify(files));
    }
  });

  it("of every format there is a form", () =>
    assert.deepEqual(
      formats.map(({ name }) => name).filter((name) => !forms.some(({ format }) => format === name)),
      [],
    ));

  it("each line of any text is taken, left out or named, and none is a crash", () => {
    const texts = forms.flatMap(({ files }) => Object.entries(files));
    const words = texts.flatMap(([, text]) => text.split(/(\s+)/));
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...words))), ([path, text], changes) => {
        let changed = text;
        for (const [at, word] of changes) changed = `${changed.slice(0, at)}${word}${changed.slice(at)}`;
        for (const { reading, format } of readFiles([{ name: path, path, text: changed }])) {
          const spoken = reading.lines.filter((line) => !/^\s*([#;].*|\/\/.*|---|\.\.\.)?$/.test(line)).length;
          assert.ok(format === undefined || reading.heard + reading.unclear.length >= spoken, changed);
        }
        convert({ [path]: changed });
      }),
      { numRuns: 500 },
    );
  });

  it("a drop-in goes by the device of the file that it belongs to, and without it its route cannot be declared", () => {
    const dropIn = { "a/10-wan.network.d/p.conf": "[Route]\nDestination=198.51.100.0/24\nTable=100\n" };
    assert.deepEqual(taken(convert({ "a/10-wan.network": "[Match]\nName=eth1\n", ...dropIn })), [
      "ip -4 route 198.51.100.0/24 dev eth1 table 100",
    ]);
    assert.match(whats(convert(dropIn).refused).join(), /is required, or dev/);
    assert.match(whats(convert({ "a/10-wan.network": "[Match]\nName=eth*\n", ...dropIn }).refused).join(), /is required, or dev/);
  });

  it("table main's default of a manager is taken where that is asked for, and then it is not left out", () => {
    const files = { interfaces: "iface eth1 inet static\n  gateway 203.0.113.1\n" };
    const declared = convert(files, true);
    assert.deepEqual(taken(declared), ["ip -4 route default via 203.0.113.1 dev eth1 table 254"]);
    assert.deepEqual(whats(declared.leftOut), ["link and address of eth1"]);
  });
});

describe("what cannot be declared as it stands", () => {
  const rules = (...lines: string[]): Declared => convert({ rules: `${lines.join("\n")}\n` });
  const next = ({ refused }: Declared): string[] => refused.flatMap((one) => one.next ?? []);

  it("several rules at one priority: the commands that give each its own, in their order", () => {
    assert.deepEqual(next(rules("100: from 203.0.113.10 lookup 1", "100: from 203.0.113.11 lookup 2", "200: from all lookup 3")), [
      "ip -4 rule add pref 99 from 203.0.113.10 table 1 && ip -4 rule del pref 100 from 203.0.113.10 table 1",
    ]);
  });

  it("rules at one priority that differ in their prefixes alone are one rule, of all their lines", () => {
    const { rules: taken, refused } = rules("100: from 203.0.113.10 lookup 1", "100: from 203.0.113.11 lookup 1");
    assert.deepEqual(
      [taken.map(({ is: { from } }) => from), taken.map(({ places }) => places.map(({ line }) => line)), refused],
      [[["203.0.113.10", "203.0.113.11"]], [[1, 2]], []],
    );
  });

  it("a rule goes past others only where no packet is of both", () => {
    const held = ["5259: to 100.64.0.0/10 lookup 52", "5260: to 203.0.113.88 lookup main", "5260: to 10.89.0.0/24 lookup 300"];
    assert.match(next(rules(...held)).join(), /^ip -4 rule add pref 5258 to 203\.0\.113\.88 /);
    assert.match(next(rules("5259: from all lookup 52", ...held.slice(1))).join(), /none is free near by/);
  });

  it("priority 0, and those behind 32765: the commands that bring them inside, each to a place of its own", () => {
    assert.deepEqual(next(rules("0: to 192.168.2.1 lookup 201", "0: from 192.168.2.2 lookup 201", "32770: to 10.0.0.0/8 lookup 250")), [
      "ip -4 rule add pref 1 to 192.168.2.1 table 201 && ip -4 rule del pref 0 to 192.168.2.1 table 201",
      "ip -4 rule add pref 2 from 192.168.2.2 table 201 && ip -4 rule del pref 0 from 192.168.2.2 table 201",
      "ip -4 rule add pref 32765 to 10.0.0.0/8 table 250 && ip -4 rule del pref 32770 to 10.0.0.0/8 table 250",
    ]);
  });

  it("several routes at one key, and a table that no file names", () => {
    const routes = "198.51.100.0/24 via 203.0.113.1 dev eth1\n198.51.100.0/24 via 203.0.113.2 dev eth1\n";
    assert.match(whats(convert({ routes }).refused).join(), /2 routes stand at one key/);
    assert.match(whats(rules("900: from all lookup isp").refused).join(), /the table isp has no number here/);
  });

  it("names of tables that are no words, stand for two tables, or are a table's second one: told", () => {
    const names = "100 isp\n200 a;b\n300 two\n301 two\n302 other\n302 third\n400 unused;\n";
    const declared = convert({
      rt_tables: names,
      rules: [100, 200, 300, 301, 302].map((table) => `${table}: from all lookup ${table}\n`).join(""),
      "hook.sh": "#!/bin/sh\nip rule add pref 9 from 192.0.2.1 table two\n",
    });
    assert.deepEqual(
      declared.tables.map(({ tableId, name }) => [tableId, name]),
      [
        [100, "isp"],
        [302, "other"],
      ],
    );
    assert.deepEqual(declared.notes, [
      "rt_tables:2: the name a;b of table 200 is not declared: expected a name of 1 to 31 letters, digits and . _ -, beginning with a letter",
      "rt_tables:3: the name two of table 300 is not declared: several tables have it",
      "rt_tables:4: the name two of table 301 is not declared: several tables have it",
      "rt_tables:6: the name third of table 302 is not declared: its name here is other",
    ]);
    assert.match(whats(declared.refused).join(), /the table two has no number here, or several/);
  });

  it("the same entry in two files is one, and both are named for it", () => {
    const text = "#!/bin/sh\nip rule add pref 1000 from 203.0.113.10 table 100\n";
    const [rule, ...more] = convert({ "a.sh": text, "b.sh": text }).rules;
    assert.deepEqual([rule?.places.map(({ file, line }) => `${file}:${line}`), more], [["a.sh:2", "b.sh:2"], []]);
  });
});
