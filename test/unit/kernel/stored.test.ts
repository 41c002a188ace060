import assert from "node:assert/strict";
import { tagsOf } from "../../../provider/src/declaration/owner";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import { emptyState, type State } from "../../../provider/src/kernel/observed/state";
import type { Persistence } from "../../../provider/src/kernel/persist/persistence";
import { leftovers, needsAfter, storePlan } from "../../../provider/src/kernel/persist/store";
import { parseObjects, printObject } from "../../../provider/src/kernel/persist/stored";
import { plan } from "../../../provider/src/kernel/plan/plan";
import { ownLine } from "../../../provider/src/kernel/plan/register";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { parseRegister } from "./atOnce";

const rule: Rule = { family: "inet", priority: 1000, table: 100 };
const fileText = (form: 1 | 2, file: string, key: string, id: string, owner: number): string =>
  `# pulumi-policy-routing ${form}\t${file}\t4\t${key}\t${id}\ts\trc-local\t${owner}\nrule add pref 1000 table 100 proto ${owner}\n`;
const seen = (...texts: string[]): Persistence => ({
  auto: "rc-local",
  script: "v",
  disabled: false,
  inPlace: new Set(["rc-local"]),
  fought: new Set(),
  objects: parseObjects(texts.join("")),
  neighbours: { networkd: undefined, networkManager: false, agents: [] },
});
const old = (id: string, owner: number): string => fileText(1, "40-rule-inet-1000", "rule inet 1000", id, owner);
const now = (id: string, owner: number): string =>
  fileText(2, `40-rule-inet-1000-proto-${owner}`, `rule inet 1000 proto ${owner}`, id, owner);

function planned(id: string, owner: number, there: Persistence, state: State = emptyState, wanted = [wantedRule(rule)]) {
  const change = { id, stack: "s", tags: tagsOf(owner), adopt: false, wanted };
  const { written, removed } = storePlan(plan(change, state), {}, there, "v");
  return [...written.map((one) => printObject(one).split("\t").slice(0, 5).join(" ")), ...removed];
}

describe("a stored object", () => {
  it("of the default tag stays as it was, byte for byte; of another it says its tag in name and key", () => {
    assert.deepEqual(planned("a", 214, seen()), ["40-rule-inet-1000 1 4 rule inet 1000 a"]);
    assert.deepEqual(planned("a", 220, seen()), ["40-rule-inet-1000-proto-220 2 4 rule inet 1000 proto 220 a"]);
    assert.deepEqual(planned("a", 214, seen(old("a", 214))), []);
    assert.deepEqual(planned("a", 220, seen(now("a", 220))), []);
  });

  it("of another tag in a file without it is read as what it is, and gets its own name with the next change", () => {
    const there = seen(old("a", 220));
    assert.deepEqual([...there.objects.keys()], ["40-rule-inet-1000-proto-220"]);
    assert.deepEqual(planned("a", 220, there), ["40-rule-inet-1000-proto-220 2 4 rule inet 1000 proto 220 a", "40-rule-inet-1000"]);
  });

  it("moves on before another tag's takes its file", () => {
    assert.deepEqual(planned("b", 214, seen(old("a", 220))), [
      "40-rule-inet-1000 1 4 rule inet 1000 b",
      "40-rule-inet-1000-proto-220 2 4 rule inet 1000 proto 220 a",
    ]);
  });

  it("is not forgotten when another tag's line of the same key is let go of", () => {
    const register = parseRegister(ownLine("rule inet 1000", { id: "a", stack: "s" }));
    const state = { ...emptyState, rules: [{ rule, protocol: 220, unread: [] }], register };
    assert.deepEqual(planned("a", 220, seen(old("b", 214)), state), ["40-rule-inet-1000-proto-220 2 4 rule inet 1000 proto 220 a"]);
    assert.deepEqual(planned("a", 220, seen(old("b", 214)), state, []), []);
  });

  it("whose tag is changed leaves nothing behind, and no other one goes", () => {
    const there = seen(old("b", 214), now("a", 220), now("c", 216));
    assert.deepEqual(planned("b", 222, there), ["40-rule-inet-1000-proto-222 2 4 rule inet 1000 proto 222 b", "40-rule-inet-1000"]);
  });

  it("that is there twice, in the old and the new form, is removed in both", () => {
    const there = seen(old("a", 220), now("a", 220));
    const change = { id: "a", stack: "s", tags: tagsOf(220), adopt: false, wanted: [] };
    assert.deepEqual(storePlan(plan(change, emptyState), {}, there, "v").removed, ["40-rule-inet-1000", "40-rule-inet-1000-proto-220"]);
  });

  it("of a set of rules has a line for each, in a form that an older script refuses", () => {
    const set = wantedRule({ ...rule, from: ["198.18.1.2", "198.18.1.3"] });
    const change = { id: "a", stack: "s", tags: tagsOf(214), adopt: false, wanted: [set] };
    const [line = ""] = storePlan(plan(change, emptyState), {}, seen(), "v").written.map(printObject);
    const [file, form, channel, key, id, stack, needs, owner, ...lines] = line.split("\t");
    assert.deepEqual(lines, [
      "rule add pref 1000 from 198.18.1.2 table 100 proto 214",
      "rule add pref 1000 from 198.18.1.3 table 100 proto 214",
    ]);
    assert.equal(form, "3");
    const text = `${[`# pulumi-policy-routing ${form}`, file, channel, key, id, stack, needs, owner].join("\t")}\n${lines.join("\n")}\n`;
    const there = seen(text, now("b", 220));
    assert.deepEqual(there.objects.get("40-rule-inet-1000")?.lines, lines);
    assert.deepEqual(planned("a", 214, there, emptyState, [set]), []);
    assert.deepEqual(planned("a", 214, there), ["40-rule-inet-1000 1 4 rule inet 1000 a"]);
  });

  it("counts for what is to be in place and for what is left under the name that it has on the disk", () => {
    const there = seen(old("a", 220));
    assert.deepEqual(needsAfter([{ written: [], removed: ["40-rule-inet-1000"], repair: false }], there), []);
    const change = { id: "a", stack: "s", tags: tagsOf(220), adopt: false, wanted: [] };
    assert.deepEqual(
      leftovers(change, {}, there).map(({ oldFile }) => oldFile),
      ["40-rule-inet-1000"],
    );
  });
});
