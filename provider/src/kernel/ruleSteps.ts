import { type Rule, ruleAttributes } from "../spec/rule/rule";
import { channelOf, type Step } from "./change";
import type { ObservedRule } from "./state";
import { wordsOf } from "./words";

export const add = (rule: Rule, proto: number): Step =>
  [channelOf(rule.family), "rule add", ...wordsOf(ruleAttributes, rule), ...(proto === 0 ? [] : ["proto", proto])].join(" ");
/** `pref P proto OURS` names exactly one rule; more words would be a pattern with wildcards. */
export const del = ({ family, priority }: Pick<Rule, "family" | "priority">, proto: number): Step =>
  `${channelOf(family)} rule del pref ${priority} proto ${proto}`;
export const times = (count: number, step: Step): Step[] => (count === 1 ? [step] : Array.from({ length: count }, () => step));

/** An untagged rule cannot be named by its tag: it stands before ours, so the first match is it. */
export function delForeign({ rule, protocol }: ObservedRule): Step {
  return add(rule, protocol).replace("rule add", "rule del");
}

export function describe(rule: Rule): string {
  return ["ip", `-${channelOf(rule.family)}`, "rule", ...wordsOf(ruleAttributes, rule)].join(" ");
}
