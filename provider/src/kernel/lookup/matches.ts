import type { Attribute } from "../../spec/attribute";
import { every, type Flow, type Match } from "../../spec/flow";
import { ruleAttributes } from "../../spec/rule/rule";
import type { ObservedRule } from "../state";

/** Those attributes that select packets, each with its own idea of when it does. */
const selectors = Object.entries<Attribute>(ruleAttributes).filter(([, { matches }]) => matches !== undefined);

/** Whether a rule applies to a flow, as fib_rule_match() of the kernel decides. */
export function ruleMatches({ rule, unread }: ObservedRule, flow: Flow): Match {
  if (rule.family !== flow.family) return false;
  const values: Readonly<Record<string, unknown>> = rule;
  const selected = every([
    ...selectors.flatMap(([name, { matches }]) =>
      values[name] === undefined || matches === undefined ? [] : [matches(values[name], flow)],
    ),
    unread.length === 0 || "unknown",
  ]);
  return rule.not !== true || selected === "unknown" ? selected : !selected;
}
