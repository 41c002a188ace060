import type { ReadFile } from "./formats/index";
import { placesOf } from "./places";
import type { Again, Managers } from "./readAgain";
import type { Place } from "./reading";

/** Lines that are to go once `pulumi up` has taken over, and what reads their files again. */
export interface Removal extends Again {
  /** `interfaces:1-5, 8`. */
  readonly lines: string;
}

/** The lines that made what is taken, of files that are read again in one way together. */
export function removalsOf(files: readonly ReadFile[], taken: readonly Place[], there?: Managers): Removal[] {
  const found = files.flatMap(({ reading, format }) =>
    taken
      .filter(({ file, line }) => file === reading.name && line > 0 && format !== undefined)
      .map((place) => ({ place, what: "", again: format?.again(reading, there) ?? {} })),
  );
  const ways = Map.groupBy(found, ({ again: { run, why } }) => `${run}\n${why}`);
  return [...ways.values()].map((of) => ({ lines: placesOf(of), ...of[0]?.again }));
}

/** On one line. */
export const printRemoval = ({ lines, run, why }: Removal): string =>
  `${lines} (${[why, run].filter((part) => part !== undefined).join(": ")})`;
