import { isDeepStrictEqual } from "node:util";
import { contains } from "../../declaration/address";
import { priorities, type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { channelOf } from "../../kernel/plan/step";
import { wordsOf } from "../../kernel/words";

/** Packets of one rule that are never of the other, or that fare alike: then their order says nothing. */
function commute(a: Rule, b: Rule): boolean {
  const apart = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && !contains(one, other) && !contains(other, one);
  const { priority: _a, family: familyA, ...restA } = a;
  const { priority: _b, family: familyB, ...restB } = b;
  const isPlain = a.not !== true && b.not !== true && a.goto === undefined && b.goto === undefined;
  return (
    familyA !== familyB ||
    isDeepStrictEqual(restA, restB) ||
    (isPlain && (apart(a.from, b.from) || apart(a.to, b.to) || (a.iif !== b.iif && a.iif !== undefined && b.iif !== undefined)))
  );
}

/** The next free priority before a rule to which it can go without a packet that fares otherwise; undefined: there is none. */
function freeBefore(rule: Rule, all: readonly Rule[]): number | undefined {
  for (let priority = Math.min(rule.priority, priorities.highest + 1) - 1; priority >= priorities.lowest; priority--) {
    const there = all.filter((one) => one.family === rule.family && one.priority === priority);
    if (there.length === 0) return priority;
    if (!there.every((one) => commute(rule, one))) return undefined;
  }
  return undefined;
}

const printed = (verb: string, rule: Rule): string =>
  `ip -${channelOf(rule.family)} rule ${verb} ${wordsOf(ruleAttributes, rule).join(" ")}`;

/**
 * The commands that give each of several rules at one priority its own, in their order: all but the last one move up. `undefined` where no
 * free priority is near enough.
 */
export function movesApart(several: readonly Rule[], all: readonly Rule[]): string[] | undefined {
  const commands: string[] = [];
  let standing = [...all];
  for (const rule of several.slice(0, -1)) {
    const others = standing.filter((one) => one !== rule);
    const priority = freeBefore(rule, others);
    if (priority === undefined) return undefined;
    const moved = { ...rule, priority };
    commands.push(printed("add", moved), printed("del", rule));
    standing = [...others, moved];
  }
  return commands;
}

/**
 * The commands that bring a rule from where no rule can be declared to where one can, and what it is then; undefined where that would change
 * what packets do. `before` are those that moved before it, for they stood before it.
 */
export function moveInside(
  rule: Rule,
  all: readonly Rule[],
  before: ReadonlySet<Rule>,
): { readonly commands: string[]; readonly moved: Rule } | undefined {
  const others = all.filter((one) => one !== rule && one.family === rule.family);
  const priority = rule.priority === 0 ? freeBehind(rule, others, before) : freeBefore(rule, others);
  if (priority === undefined) return undefined;
  const moved = { ...rule, priority };
  return { commands: [printed("add", moved), printed("del", rule)], moved };
}

/** The first free priority behind it: what stands on the way was before it, or is never about its packets. */
function freeBehind(rule: Rule, others: readonly Rule[], before: ReadonlySet<Rule>): number | undefined {
  for (let priority: number = priorities.lowest; priority <= priorities.highest; priority++) {
    const there = others.filter((one) => one.priority === priority);
    if (there.length === 0) return priority;
    if (!there.every((one) => before.has(one) || commute(rule, one))) return undefined;
  }
  return undefined;
}
