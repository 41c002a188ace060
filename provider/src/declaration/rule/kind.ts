import { entryKind } from "../entryKind";
import { ruleKey } from "../key";
import { type RuleSet, ruleSetAttributes, settleRuleSet } from "./ruleSet";

export const ruleKind = entryKind({
  resource: "PolicyRule",
  word: "rule",
  fields: ruleSetAttributes,
  settle: settleRuleSet,
  keyFields: ["family", "priority"],
  keyFollows: ["from", "to"],
  key: ({ family, priority }) => (family === undefined || priority === undefined ? undefined : ruleKey({ family, priority })),
  whole: (values): RuleSet | undefined => {
    const { family, priority } = values;
    return family === undefined || priority === undefined ? undefined : { ...values, family, priority };
  },
});
