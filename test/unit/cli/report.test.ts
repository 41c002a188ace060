import assert from "node:assert/strict";
import { hostsOf } from "../../../provider/src/cli/preview/hosts";
import { parsePreview } from "../../../provider/src/cli/preview/previewJson";
import { type HostReport, reportOn } from "../../../provider/src/cli/report/hostReport";
import { htmlOf } from "../../../provider/src/cli/report/html";
import { markdownOf } from "../../../provider/src/cli/report/markdown";
import { reportOf } from "../../../provider/src/cli/report/summary";
import { previewOf, type Resource } from "../../host/preview";

async function reported(resources: readonly Resource[]): Promise<HostReport[]> {
  const { hosts } = hostsOf(parsePreview(previewOf(resources), "plan.json"));
  return Promise.all(hosts.map((host) => reportOn(host, { live: false, flows: [], login: {} })));
}

const rule = (host: string, name = "one"): Resource => ({
  kind: "PolicyRule",
  name,
  after: { connection: { host }, family: "inet", priority: 1000, from: "203.0.113.10", table: 100 },
});

describe("a report", () => {
  it("takes an entry that goes from one resource to another as it is", async () => {
    const { after = {} } = rule("edge-1");
    const { connection, ...entry } = after;
    const [host] = await reported([
      { kind: "PolicyRule", name: "old", before: after },
      { kind: "HostRouting", name: "new", after: { connection, rules: { one: entry } } },
    ]);
    assert.deepEqual(host?.changes, { added: [], changed: [], removed: [], same: 1 });
  });

  it("of many hosts fits a comment on GitHub, and names every host", async () => {
    const hosts = await reported(Array.from({ length: 400 }, (_one, index) => rule(`edge-${index}`, `rule-${index}`)));
    const markdown = markdownOf(reportOf(hosts, [], false));
    assert.ok(markdown.length < 65_536, String(markdown.length));
    for (const { name } of hosts) assert.ok(markdown.includes(`\`${name}\``), name);
  });

  it("never lets what a host or a program said become markup", async () => {
    const [host] = await reported([rule("edge-1")]);
    assert.ok(host);
    const evil = "`</code>\n\n<img src=x onerror=alert(1)> | @all";
    const report = reportOf([{ ...host, risks: [evil], notes: [evil] }], [evil], false);
    assert.ok(!htmlOf(report).includes("<img"));
    for (const line of markdownOf(report)
      .split("\n")
      .filter((one) => one.includes("onerror")))
      assert.match(line, /^- (\*\*risk\*\*: |cannot tell: )?`[^`]*`$/);
  });
});
