import { entryKind } from "../entryKind";
import { ruleKey } from "../key";
import { type RuleSet, ruleSetAttributes, settleRuleSet } from "./ruleSet";

export const ruleKind = entryKind({
  resource: "PolicyRule",
  doc: "One rule: `ip rule`.",
  word: "rule",
  held: "rule",
  args: { name: "RuleArgs", doc: "What `ip rule` says of one rule." },
  fields: ruleSetAttributes,
  settle: settleRuleSet,
  section: {
    doc: "Rules, each with the fields of PolicyRule, and `adopt`.",
    such: '{ priority: 1000, from: "203.0.113.10", table: 100 }',
    example: { "rt2-from": { priority: 1000, from: "203.0.113.10", table: 100 } },
  },
  keyFields: ["family", "priority"],
  keyFollows: ["from", "to"],
  key: ({ family, priority }) => (family === undefined || priority === undefined ? undefined : ruleKey({ family, priority })),
  whole: (values): RuleSet | undefined => {
    const { family, priority } = values;
    return family === undefined || priority === undefined ? undefined : { ...values, family, priority };
  },
  place: ({ family, priority }) => `rule/${family}/${priority}`,
  places: ["rule/inet/1000"],
});
