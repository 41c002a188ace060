import { isDeepStrictEqual } from "node:util";
import { isAddressesOf } from "../../declaration/followed";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { differInPrefixes, type RuleSet, setOf } from "../../declaration/rule/ruleSet";
import type { ObservedRule } from "../observed/state";
import { withUnread } from "../plan/adoption";
import { asAsked, same } from "../words";
import type { Place } from "./place";
import { describe } from "./steps";

/** How the rules that stand for a declared one differ from it. */
export interface Mismatch {
  /** Declared, and not there. */
  readonly lacking: readonly Rule[];
  /** There, and not declared. */
  readonly surplus: readonly ObservedRule[];
}

const isRight = (rule: Rule, current: ObservedRule): boolean => current.unread.length === 0 && same(ruleAttributes, rule, current.rule);
const prefixesOf = ({ from, to }: Rule): string => `${from} ${to}`;

/** `members` are those of one declared rule: no two have the same prefixes. */
export function mismatchOf(members: readonly Rule[], ours: readonly ObservedRule[]): Mismatch {
  const left = new Map(members.map((rule) => [prefixesOf(rule), rule]));
  const surplus = ours.filter((one) => {
    const rule = left.get(prefixesOf(one.rule));
    return rule === undefined || !isRight(rule, one) || !left.delete(prefixesOf(rule));
  });
  return { lacking: [...left.values()], surplus };
}

/** Whether several rules may come and go one by one among those that stay. A single one is exchanged under STAGING, whatever it says. */
export const comesAndGoes = (members: readonly Rule[], { ours }: Place): boolean =>
  members.length + ours.length > 2 &&
  ours.every(({ unread, given }) => unread.length === 0 && given === undefined) &&
  differInPrefixes([...members, ...ours.map(({ rule }) => rule)]);

const wordsOf = ({ rule, unread }: ObservedRule): string => withUnread(describe(rule), unread);

/** Undefined when all of it is there, exactly once; else what is wrong. */
export function problemOf(members: readonly Rule[], ours: readonly ObservedRule[]): string | undefined {
  const [current, ...others] = ours;
  if (current === undefined) return "is not there";
  const { lacking, surplus } = mismatchOf(members, ours);
  if (lacking.length + surplus.length === 0) return undefined;
  if (members.length === 1) return others.length > 0 ? `is there ${ours.length} times` : `is ${wordsOf(current)}`;
  return [
    ...(lacking.length === 0 ? [] : [`lacks ${lacking.map(describe).join("; ")}`]),
    ...(surplus.length === 0 ? [] : [`has ${surplus.map(wordsOf).join("; ")} too`]),
  ].join(", and ");
}

/** What stands there in the form of inputs; where that is no one declaration, a rule of it that the declared one does not hold. */
export function readAs(declared: RuleSet, members: readonly Rule[], ours: readonly ObservedRule[]): Record<string, unknown> | undefined {
  const [first] = ours;
  if (first === undefined) return undefined;
  const set = setOf(ours.map(({ rule }) => rule)) ?? (mismatchOf(members, ours).surplus[0] ?? first).rule;
  const seen = asAsked(ruleAttributes, declared, set);
  // What its device has is as declared, whatever it is.
  return set.from !== undefined && isAddressesOf(declared.from) && isDeepStrictEqual(set.from, setOf(members)?.from)
    ? { ...seen, from: declared.from }
    : seen;
}
