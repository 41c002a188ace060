import type { Family } from "../../../declaration/family";
import type { ObservedRule } from "../../observed/state";
import { describe } from "../../rule/rule";
import type { Network } from "../network";

/** Rules that stand in one of two networks alone, or at another place: a packet that none of them fits is asked by the same rules in both. */
export function changedRules(before: Network, after: Network, family: Family): ObservedRule[] {
  const [was, is] = [byPriority(before, family), byPriority(after, family)];
  const moved = new Set<number>();
  const changed = [...new Set([...was.keys(), ...is.keys()])].flatMap((priority) => {
    const [old, now] = [was.get(priority) ?? [], is.get(priority) ?? []];
    if ((old.length === 0) !== (now.length === 0)) moved.add(priority);
    const [gone, come] = [without(old, now), without(now, old)];
    const inOrder = sameOrder(without(old, gone), without(now, come));
    return inOrder ? [...gone, ...come] : [...old, ...now];
  });
  // A jump that led nowhere leads somewhere, or the other way round.
  const jumps = [...was.values(), ...is.values()].flat().filter(({ rule: { goto } }) => goto !== undefined && moved.has(goto));
  return [...changed, ...jumps];
}

const byPriority = ({ rules }: Network, family: Family): Map<number, ObservedRule[]> =>
  Map.groupBy(
    rules.filter(({ rule }) => rule.family === family),
    ({ rule }) => rule.priority,
  );

const textOf = ({ rule, unread }: ObservedRule): string => [describe(rule), ...unread].join(" ");

/** Those of `all` that `others` has not, each counted. */
function without(all: readonly ObservedRule[], others: readonly ObservedRule[]): ObservedRule[] {
  const left = new Map<string, number>();
  for (const one of others) left.set(textOf(one), (left.get(textOf(one)) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(textOf(one)) ?? 0;
    left.set(textOf(one), count - 1);
    return count <= 0;
  });
}

const sameOrder = (a: readonly ObservedRule[], b: readonly ObservedRule[]): boolean =>
  a.map(textOf).join("\n") === b.map(textOf).join("\n");
