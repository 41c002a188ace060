import assert from "node:assert/strict";
import { hostsOf } from "../../../provider/src/cli/preview/hosts";
import { parsePreview } from "../../../provider/src/cli/preview/previewJson";
import { aboutOf } from "../../../provider/src/cli/report/about";
import { declaredReport, type HostReport } from "../../../provider/src/cli/report/hostReport";
import { htmlOf } from "../../../provider/src/cli/report/html";
import { markdownOf } from "../../../provider/src/cli/report/markdown";
import { type Report, reportOf } from "../../../provider/src/cli/report/summary";
import { wavesIn } from "../../../provider/src/cli/report/waves";
import { previewOf, type Resource } from "../../host/preview";

function reported(resources: readonly Resource[], more: Readonly<Record<string, unknown>> = {}): Report {
  const preview = parsePreview(previewOf(resources, more), "plan.json");
  const { hosts, unsure } = hostsOf(preview);
  const when = { commit: "0123456789ab", previewed: new Date("2026-11-28T17:03:00Z"), written: new Date("2026-11-28T17:05:00Z") };
  const about = aboutOf(preview, when);
  return reportOf({ about, hosts: hosts.map(declaredReport), unsure, waves: wavesIn(preview, hosts), live: false });
}

/** The same with something else said of each host. */
const saying = (report: Report, more: Partial<HostReport>): Report => ({
  ...report,
  hosts: report.hosts.map((host) => ({ ...host, ...more })),
});

const rule = (host: string, name = "one", more: Partial<Resource> = {}): Resource => ({
  kind: "PolicyRule",
  name,
  after: { connection: { host }, family: "inet", priority: 1000, from: "203.0.113.10", table: 100 },
  ...more,
});

const whole = (host: string, name: string, more: Partial<Resource> = {}): Resource => ({
  kind: "HostRouting",
  name,
  after: { connection: { host }, rules: { a: { priority: 1000, from: "203.0.113.10", table: 100 } } },
  ...more,
});

describe("a report", () => {
  it("takes an entry that goes from one resource to another as it is", () => {
    const { after = {} } = rule("edge-1");
    const { connection, ...entry } = after;
    const { hosts } = reported([
      { kind: "PolicyRule", name: "old", before: after },
      { kind: "HostRouting", name: "new", after: { connection, rules: { one: entry } } },
    ]);
    assert.deepEqual(hosts[0]?.changes, { added: [], changed: [], removed: [], same: 1 });
  });

  it("says the name that the program gives a host beside its address: of HostRouting, or of the component in which its resources are", () => {
    const component = "urn:pulumi:test::test::site:Edge::edge-9";
    const { hosts } = reported([
      whole("198.19.0.4", "edge-3"),
      rule("198.19.0.5", "alone"),
      rule("198.19.0.6", "one", { parent: component }),
      {
        ...rule("198.19.0.6", "two", { parent: component }),
        kind: "PolicyRoute",
        after: { connection: { host: "198.19.0.6" }, destination: "default", via: "203.0.113.1", table: 100 },
      },
    ]);
    const named = hosts.map(({ name, address }) => [name, address]);
    assert.deepEqual(named, [
      ["198.19.0.5", undefined],
      ["edge-3", "198.19.0.4"],
      ["edge-9", "198.19.0.6"],
    ]);
  });

  it("says what follows a device as it is declared, where the host is not read", () => {
    const connection = { host: "edge-1" };
    const report = reported([
      whole("edge-1", "edge-1", {
        after: {
          connection,
          routes: { way: { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102 } },
          rules: { from: { family: "inet", priority: 1000, from: { addressesOf: "eth1" }, table: 102 } },
        },
      }),
    ]);
    for (const said of ["pref 1000 from @eth1", "default via @eth1"]) {
      assert.ok(htmlOf(report).split(said).length > 2, "among the entries, and in the picture");
      assert.ok(markdownOf(report).includes(said));
    }
  });

  it("tells two hosts apart that are called the same, as those between which a resource moves", () => {
    const { after = {} } = whole("198.19.0.4", "edge-3");
    const { hosts } = reported([whole("198.19.0.5", "edge-3", { before: after })]);
    assert.deepEqual(hosts.map(({ name }) => name).sort(), ["edge-3 (198.19.0.4)", "edge-3 (198.19.0.5)"]);
  });

  it("says stack, commit, times and what was previewed", () => {
    const { after = {} } = rule("edge-1", "still");
    const report = reported([
      rule("edge-1"),
      rule("edge-1", "still", { before: { ...after, priority: 7 }, after: { ...after, priority: 7 } }),
    ]);
    const said = ["organization/test/test", "0123456789ab", "2026-11-28 17:03 UTC", "2026-11-28 17:05 UTC", "1 to create, 1 as they are"];
    for (const text of [htmlOf(report), markdownOf(report)]) for (const one of said) assert.ok(text.includes(one), `${one}\n${text}`);
  });

  it("lists all risks first, each with what to do next and, on the page, with a link to its place", () => {
    const report = saying(reported([whole("198.19.0.4", "edge-3"), whole("198.19.0.5", "edge-4")]), {
      risks: [{ what: "it burns", next: "put it out" }],
    });
    const html = htmlOf(report);
    const [, ...links] = html.split('id="risks"')[1]?.split("</ul>")[0]?.split('href="#') ?? [];
    const ids = links.map((link) => link.split('"')[0] ?? "");
    assert.deepEqual(ids, ["host-1-risk-1", "host-2-risk-1"]);
    for (const id of ids) assert.ok(html.includes(`<li id="${id}">`), id);
    const markdown = markdownOf(report);
    const at = (text: string): number => markdown.indexOf(text);
    assert.ok(at("**risk**: `edge-3`: `it burns (next: put it out)`") > 0, markdown);
    assert.ok(at("`edge-4`: `it burns") < at("**Order**") && at("**Order**") < at("#### `edge-3`"), markdown);
  });

  it("tells the waves of each rollout, by what it says in the preview", () => {
    const message = "pulumi:pulumi:Stack (test): rollout in 2 waves:\n  canary 1 of 2: edge-1\n  wave 2 of 2: edge-2, edge-3";
    const { waves } = reported([whole("10.0.0.1", "edge-1")], { diagnostics: [{ severity: "info", message }] });
    assert.deepEqual(waves, [
      [
        { title: "canary 1 of 2", hosts: ["edge-1"] },
        { title: "wave 2 of 2", hosts: ["edge-2", "edge-3"] },
      ],
    ]);
  });

  it("tells an order that dependencies make, also through what is of another package; and that there is none", () => {
    const urn = (name: string): string => `urn:pulumi:test::test::pulumi-nodejs:dynamic/policyrouting:HostRouting::${name}`;
    const sleep = "urn:pulumi:test::test::time:index/sleep:Sleep::a-while";
    const chain = [
      whole("10.0.0.1", "edge-1"),
      { kind: "time:index/sleep:Sleep", name: "a-while", after: {}, dependencies: [urn("edge-1")] },
      whole("10.0.0.2", "edge-2", { dependencies: [sleep] }),
      whole("10.0.0.3", "edge-3", { dependencies: [urn("edge-2"), urn("edge-1")] }),
    ];
    const { waves } = reported(chain);
    assert.deepEqual(
      waves.map((one) => one.map(({ hosts }) => hosts)),
      [[["edge-1"], ["edge-2"], ["edge-3"]]],
    );
    assert.match(markdownOf(reported([whole("10.0.0.1", "edge-1")])), /The preview shows no order among the hosts/);
  });

  it("draws what changes, folds rules that stay as they are, and names tables", () => {
    const rules = Object.fromEntries([1, 2, 3, 4].map((n) => [`r${n}`, { priority: 1000 + n, from: `203.0.113.${n}`, table: 100 }]));
    const connection = { host: "edge-1" };
    const report = reported([
      whole("edge-1", "edge-1", {
        before: { connection, rules },
        after: {
          connection,
          rules: { ...rules, r9: { priority: 1009, from: "203.0.113.9", table: 101 } },
          tables: { isp: { tableId: 101, name: "isp2" } },
        },
      }),
    ]);
    const html = htmlOf(report);
    assert.equal(html.match(/4 rules as they are: 1001 to 1004/g)?.length, 2, "on both sides");
    assert.match(html, /<span class="box">table 101 isp2<\/span>/);
  });

  it("says main for table 254 in what is added, too", () => {
    const connection = { host: "edge-1" };
    const report = reported([
      whole("edge-1", "edge-1", {
        after: { connection, rules: { a: { priority: 1000, family: "inet", table: "main", suppressPrefixlength: 0 } } },
      }),
    ]);
    assert.match(markdownOf(report), /\+ ip -4 rule pref 1000 table main suppress_prefixlength 0/);
  });

  it("of a change that is withheld shows no After that equals Before without a word", () => {
    const [host] = reported([whole("edge-1", "edge-1")]).hosts;
    assert.ok(host);
    const html = htmlOf({
      ...reported([whole("edge-1", "edge-1")]),
      hosts: [{ ...host, after: host.before, withheld: "without what will be refused: HostRouting edge-1" }],
    });
    assert.match(html, /<figcaption>Before and after alike, without what will be refused: HostRouting edge-1<\/figcaption>/);
    assert.doesNotMatch(html, /<figcaption>After/);
  });

  it("of many hosts fits a comment on GitHub, and names every host", () => {
    const report = reported(Array.from({ length: 400 }, (_one, index) => rule(`edge-${index}`, `rule-${index}`)));
    const markdown = markdownOf(report);
    assert.ok(markdown.length < 65_536, String(markdown.length));
    for (const { name } of report.hosts) assert.ok(markdown.includes(`\`${name}\``), name);
  });

  it("of more risks, hosts, waves and words than a comment holds says how much is left out", () => {
    const many = Array.from({ length: 2000 }, (_one, index) => `edge-${index}`);
    const told = many.map((name, index) => `  wave ${index + 1} of 2000: ${name}`).join("\n");
    const report = saying(
      reported(
        many.map((name) => rule(name, name)),
        { diagnostics: [{ severity: "info", message: `rollout in 2000 waves:\n${told}` }] },
      ),
      { risks: [{ what: "it burns ".repeat(20), next: undefined }] },
    );
    const markdown = markdownOf({ ...report, unsure: many });
    assert.ok(markdown.length < 65_536, String(markdown.length));
    const counted = [/\*\*(\d+) more risks\*\*/, /and (\d+) more that cannot be told/, /and (\d+) more waves/, /(\d+) more hosts change/];
    for (const one of counted) assert.ok(Number(one.exec(markdown)?.[1]) > 1000, String(one));
  });

  it("never lets what a host or a program said become markup", () => {
    const evil = "`</code>\n\n```\n<img src=x onerror=alert(1)> | @all";
    const commands = [{ of: evil, run: [evil], undo: [evil] }];
    const report = saying(reported([rule("edge-1")]), { risks: [{ what: evil, next: evil }], notes: [evil], commands, withheld: evil });
    const told = { ...report, unsure: [evil], waves: [[{ title: evil, hosts: [evil] }]] };
    assert.ok(!htmlOf(told).includes("<img"));
    const lines = markdownOf(told).split("\n");
    const fences = lines.flatMap((line, index) => (line.startsWith("```") ? [index] : []));
    const isFenced = (index: number): boolean => fences.filter((at) => at < index).length % 2 === 1;
    for (const [index, line] of lines.entries())
      if (line.includes("onerror") && !isFenced(index)) assert.doesNotMatch(line.replace(/`[^`]*`/g, ""), /onerror/, line);
  });
});
