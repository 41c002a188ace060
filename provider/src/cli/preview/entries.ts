import type { Wanted } from "../../kernel/plan/change";
import type { PlannedHost } from "./gathering";

/** One entry of a host that comes, changes or goes, in the words of `ip`. */
export interface EntryChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface EntryChanges {
  readonly added: readonly EntryChange[];
  readonly changed: readonly EntryChange[];
  readonly removed: readonly EntryChange[];
  /** How many stay as they are. */
  readonly same: number;
}

/** By their kernel keys, whichever resource declares them: an entry that goes from one resource to another stays as it is. */
export function entryChangesOf({ resources }: PlannedHost): EntryChanges {
  const sides = (side: "before" | "after") =>
    new Map(resources.flatMap((one) => one[side]?.wanted ?? []).map((wanted): [string, Wanted] => [wanted.key, wanted]));
  const before = sides("before");
  const after = sides("after");
  const stage = (key: string): number => (after.get(key) ?? before.get(key))?.stage ?? 0;
  const all = [...new Set([...before.keys(), ...after.keys()])]
    .sort((a, b) => stage(a) - stage(b) || a.localeCompare(b, "en", { numeric: true }))
    .map((key): EntryChange => ({ key, before: before.get(key)?.label, after: after.get(key)?.label }));
  return {
    added: all.filter((one) => one.before === undefined),
    removed: all.filter((one) => one.after === undefined),
    changed: all.filter((one) => one.before !== undefined && one.after !== undefined && one.before !== one.after),
    same: all.filter((one) => one.before === one.after).length,
  };
}
