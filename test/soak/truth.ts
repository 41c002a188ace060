import type { Damage } from "./faults/fault";
import type { Report, Step } from "./steps";
import { at, changes, differences, isEqual, type View } from "./view";

/** What stands at a slot while nobody of ours wants anything there. */
export type Absent = (slot: string) => readonly string[];

export interface Seen {
  readonly before: View;
  readonly after: View;
  readonly damage: Damage;
  readonly absent: Absent;
  readonly reports: readonly Report[];
}

/** Where a resource stands: as before, as wanted, both (nothing was to be done) or neither. */
export interface Truth {
  readonly before: boolean;
  readonly after: boolean;
  /** Each of its slots is as before or as wanted. */
  readonly each: boolean;
}

/** What the damage left of what stood at a slot. */
export function survives({ damage: { gone, rebooted }, absent }: Seen, slot: string, texts: readonly string[]): readonly string[] {
  if (rebooted === "emptied" && !slot.startsWith("table ")) return absent(slot);
  return gone === undefined ? texts : texts.filter((text) => !gone(slot, text));
}

/** With one member's device the kernel takes the member. */
function isShortened(is: readonly string[], whole: readonly string[]): boolean {
  const members = (texts: readonly string[]): string[] =>
    texts[0]?.startsWith("group ") === true ? texts[0].slice("group ".length).split(", ") : [];
  const [left, all] = [members(is), members(whole)];
  return left.length > 0 && left.every((member) => all.includes(member));
}

/** What the damage took may have been made again. */
const isAs = (seen: Seen, slot: string, texts: readonly string[]): boolean => {
  const is = at(seen.after, slot);
  return isEqual(is, texts) || isEqual(is, survives(seen, slot, texts)) || (seen.damage.gone !== undefined && isShortened(is, texts));
};

export function truthOf(seen: Seen, step: Step): Truth {
  const slots = [...step.after];
  const was = ([slot]: (typeof slots)[number]): boolean => isAs(seen, slot, at(seen.before, slot));
  const becomes = ([slot, wanted]: (typeof slots)[number]): boolean => isAs(seen, slot, wanted);
  const taken = takenBy(step).filter((line) => seen.before.foreign.includes(line));
  const isThere = (line: string): boolean => seen.after.foreign.includes(line);
  // Nobody puts back what was somebody else's.
  const isLeft = (line: string): boolean => seen.damage.rebooted !== undefined || isThere(line);
  return {
    before: slots.every(was) && taken.every(isLeft),
    after: slots.every(becomes) && !taken.some(isThere),
    each: slots.every((slot) => was(slot) || becomes(slot)),
  };
}

/** The foreign lines that a resource takes over. */
const takenBy = ({ wanted }: Step): readonly string[] => wanted?.takes ?? [];

/** What no step is about must be as before, foreign entries above all. */
export function untouchedProblems(seen: Seen): string[] {
  const { before, after, reports } = seen;
  const touched = new Set(reports.flatMap(({ step }) => [...step.after.keys()]));
  const moved = changes(before, after)
    .filter((slot) => !touched.has(slot) && !isAs(seen, slot, at(before, slot)))
    .map(
      (slot) => `${slot} was in no change: was ${at(before, slot).join("; ") || "nothing"}, is ${at(after, slot).join("; ") || "nothing"}`,
    );
  const taken = new Set(reports.flatMap(({ step }) => takenBy(step)));
  const others = (view: View): string[] => view.foreign.filter((line) => !taken.has(line));
  return [...moved, ...differences(others(before), others(after)).map((text) => `what is not ours: ${text}`)];
}
