import { priorities } from "../../declaration/rule/rule";
import { familyIn } from "./canonicalForm";
import type { Said } from "./reading";

/**
 * Rules with the priorities that they get where their file names none. The kernel puts such a rule before the lowest one that stands there,
 * its own first one aside; networkd counts down by itself, over what is taken.
 */
export function numbered(said: readonly Said[]): readonly Said[] {
  const taken = { inet: new Set<number>(), inet6: new Set<number>() };
  for (const { kind, values } of said) {
    const { priority } = values;
    if (kind === "rule" && typeof priority === "number") taken[familyIn(values)].add(priority);
  }
  const stands = { inet: new Set<number>(), inet6: new Set<number>() };
  return said.map((one) => {
    if (one.kind !== "rule") return one;
    const family = familyIn(one.values);
    const known = one.values["priority"];
    const priority =
      typeof known === "number" ? known : one.numberedBy === "networkd" ? highestFree(taken[family]) : beforeAll(stands[family]);
    taken[family].add(priority);
    stands[family].add(priority);
    return known === undefined ? { ...one, values: { ...one.values, priority } } : one;
  });
}

function highestFree(taken: ReadonlySet<number>): number {
  let priority: number = priorities.highest;
  while (taken.has(priority)) priority--;
  return priority;
}

const beforeAll = (stands: ReadonlySet<number>): number => Math.min(priorities.highest + 1, ...[...stands].filter((one) => one > 0)) - 1;
