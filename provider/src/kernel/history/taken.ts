import { parseRegisterKey } from "../../declaration/registerKey";
import type { Taken } from "../observed/kind";
import { observedKindOf } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Instead } from "../plan/change";

/** Of what is gone at a key of the register, that which can be put back exactly. */
export function takenAt(at: string, before: State, after: State, isOwned: (protocol: number) => boolean): Taken[] {
  const { key } = parseRegisterKey(at);
  return observedKindOf(key)?.takenAt?.(key, before, after, isOwned) ?? [];
}

export const givenBack = (at: string, taken: readonly Taken[], tag: number): Instead | undefined =>
  taken.length === 0 ? undefined : observedKindOf(at)?.givenBack?.(taken, tag);
