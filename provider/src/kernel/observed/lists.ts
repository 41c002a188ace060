import type { Becomes } from "../plan/change";

/** A list of entries once some keys have become what plans say; the latest word on a key counts. */
export function become<One>(
  all: readonly One[],
  keyOf: (one: One) => string,
  becomes: readonly Becomes[],
  of: (one: Becomes) => readonly One[] | undefined,
): readonly One[] {
  const latest = new Map(becomes.map((one) => [one.key, one]));
  return [...all.filter((one) => !latest.has(keyOf(one))), ...[...latest.values()].flatMap((one) => of(one) ?? [])];
}

/** A list as a first reading shows it, but at these keys as a second one does. */
export const lookedAtAgain = <One>(
  first: readonly One[],
  second: readonly One[],
  keyOf: (one: One) => string,
  keys: ReadonlySet<string>,
): One[] => [...first.filter((one) => !keys.has(keyOf(one))), ...second.filter((one) => keys.has(keyOf(one)))];
