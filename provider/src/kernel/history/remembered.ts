import { printRemembered, type Remembered, rememberedIn } from "../sysctl/remembered";
import type { Back } from "./back";
import type { Revision } from "./revision";

/**
 * What the register would say of settings that are taken back, by key: what they were before they were ours, as these revisions have it. A
 * register that was lost since does not know it. Of another boot they say nothing: what a setting was is of this one.
 */
export function remembered(back: readonly Back[], revisions: readonly Revision[], boot: string): Map<string, string> {
  return new Map(
    back.flatMap(({ key, from }) => {
      const now = rememberedIn(from);
      const was = now === undefined ? undefined : formerValue(key, revisions, boot);
      return now === undefined || was === undefined ? [] : [[key, printRemembered({ ...was, set: now.set })]];
    }),
  );
}

/** Back to where it became ours, or to where that is known. */
function formerValue(key: string, revisions: readonly Revision[], boot: string): Pick<Remembered, "was" | "beside"> | undefined {
  for (const { boot: of, deltas = [] } of [...revisions].sort((a, b) => b.n - a.n)) {
    const delta = deltas.find((one) => one.key === key);
    if (delta === undefined) continue;
    if (of !== boot) return undefined;
    for (const held of [delta.after, delta.before]) {
      if (held === undefined) return undefined;
      const found = rememberedIn(held);
      if (found?.was !== undefined) return found;
    }
  }
  return undefined;
}
