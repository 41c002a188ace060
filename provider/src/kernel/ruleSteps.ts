import { type Rule, ruleAttributes } from "../spec/rule/rule";
import { channelOf, type Step } from "./change";
import { givenRule, type ObservedRule } from "./state";
import { wordsOf } from "./words";

export const add = (rule: Rule, proto: number): Step =>
  [channelOf(rule.family), "rule add", ...wordsOf(ruleAttributes, rule), ...(proto === 0 ? [] : ["proto", proto])].join(" ");
/** `pref P proto OURS` names exactly one rule; more words would be a pattern with wildcards. */
export const del = ({ family, priority }: Pick<Rule, "family" | "priority">, proto: number): Step =>
  `${channelOf(family)} rule del pref ${priority} proto ${proto}`;
export const times = (count: number, step: Step): Step[] => (count === 1 ? [step] : Array.from({ length: count }, () => step));

/** As it was given: by these words the kernel knows it. */
export const addBack = (old: ObservedRule): Step => add(givenRule(old), old.protocol);
const delForeign = (old: ObservedRule): Step => addBack(old).replace("rule add", "rule del");

/**
 * An untagged rule cannot be named by its tag: it stands before what is new of ours, so the first match is it. What else may be meant goes
 * before: those of the same words that have a tag.
 */
export const delAllForeign = (rules: readonly ObservedRule[]): Step[] => [
  ...rules.filter(({ protocol }) => protocol !== 0).map(delForeign),
  ...rules.filter(({ protocol }) => protocol === 0).map(delForeign),
];

export function describe(rule: Rule): string {
  return ["ip", `-${channelOf(rule.family)}`, "rule", ...wordsOf(ruleAttributes, rule)].join(" ");
}
