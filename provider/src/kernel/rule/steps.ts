import { ruleKey } from "../../declaration/key";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { type RuleSet, ruleSetAttributes } from "../../declaration/rule/ruleSet";
import { givenRule, type ObservedRule } from "../observed/state";
import { channelOf, type IpStep, ipStep, type Step } from "../plan/step";
import { wordsOf } from "../words";

const wordsWith = (rule: Rule, proto: number): string[] => [
  ...wordsOf(ruleAttributes, rule),
  ...(proto === 0 ? [] : ["proto", String(proto)]),
];
const step = (verb: "add" | "del", rule: Pick<Rule, "family" | "priority">, words: readonly string[]): IpStep =>
  ipStep(ruleKey(rule), rule.family, ["rule", verb, ...words]);

export const add = (rule: Rule, proto: number): IpStep => step("add", rule, wordsWith(rule, proto));
/** `pref P proto OURS` names exactly one rule; more words would be a pattern with wildcards. */
export const del = (rule: Pick<Rule, "family" | "priority">, proto: number): IpStep =>
  step("del", rule, ["pref", String(rule.priority), "proto", String(proto)]);
/** One of several of ours there: its words name it, for they differ in prefixes that each of them has. */
export const delOne = (rule: Rule, proto: number): IpStep => step("del", rule, wordsWith(rule, proto));
export const times = (count: number, step: Step): Step[] => (count === 1 ? [step] : Array.from({ length: count }, () => step));

/** As it was given: by these words the kernel knows it. */
export const addBack = (old: ObservedRule): IpStep => add(givenRule(old), old.protocol);
const delForeign = (old: ObservedRule): Step => step("del", old.rule, wordsWith(givenRule(old), old.protocol));

/**
 * An untagged rule cannot be named by its tag: it stands before what is new of ours, so the first match is it. What else may be meant goes
 * before: those of the same words that have a tag.
 */
export const delAllForeign = (rules: readonly ObservedRule[]): Step[] => [
  ...rules.filter(({ protocol }) => protocol !== 0).map(delForeign),
  ...rules.filter(({ protocol }) => protocol === 0).map(delForeign),
];

/** Several prefixes with commas between. */
export function describe(rule: RuleSet): string {
  return ["ip", `-${channelOf(rule.family)}`, "rule", ...wordsOf(ruleSetAttributes, rule)].join(" ");
}
