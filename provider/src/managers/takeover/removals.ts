import type { ReadFile } from "./formats/index";
import { grouped, placesOf } from "./places";
import type { Place } from "./reading";

/** Lines that are to go once `pulumi up` has taken over, and what reads their file again. */
export interface Removal {
  readonly places: readonly Place[];
  readonly again: string;
}

/** The lines that made what is taken, by file. */
export function removalsOf(files: readonly ReadFile[], taken: readonly Place[]): Removal[] {
  return files.flatMap(({ reading, format }) => {
    const places = taken.filter(({ file, line }) => file === reading.name && line > 0);
    return places.length === 0 || format === undefined ? [] : [{ places, again: format.again }];
  });
}

/** `interfaces:1-5, 8 (what makes its manager read it again)`. */
export const printRemovals = (removals: readonly Removal[]): string[] =>
  grouped(removals.flatMap(({ places, again }) => places.map((place) => ({ place, what: again })))).map(
    ([again, of]) => `${placesOf(of)} (${again})`,
  );
