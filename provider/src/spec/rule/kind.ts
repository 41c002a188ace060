import { entryKind } from "../entryKind";
import { ruleKey } from "../key";
import { type Rule, ruleAttributes, settleRule } from "./rule";

export const ruleKind = entryKind({
  resource: "PolicyRule",
  word: "rule",
  fields: ruleAttributes,
  settle: settleRule,
  keyFields: ["family", "priority"],
  keyFollows: ["from", "to"],
  key: ({ family, priority }) => (family === undefined || priority === undefined ? undefined : ruleKey({ family, priority })),
  whole: (values): Rule | undefined => {
    const { family, priority } = values;
    return family === undefined || priority === undefined ? undefined : { ...values, family, priority };
  },
});
