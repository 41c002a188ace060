import type { Again, Managers } from "../readAgain";
import type { Reading, Source } from "../reading";

/** One way to write down what is to stand on a host. */
export interface Format {
  readonly name: string;
  /** What makes its manager read it again, once lines are removed; `there` is who runs on the host, where there is one. */
  again(reading: Reading, there?: Managers): Again;
  isOne(source: Source): boolean;
  /** `others` are all that was given: a drop-in belongs to another file. */
  read(reading: Reading, source: Source, others: readonly Source[]): void;
  /** Files that stand inside it. */
  inner?(source: Source): readonly Source[];
}

/** The last part of its path. */
export const baseOf = ({ name, path = name }: Pick<Source, "name" | "path">): string => path.split("/").at(-1) ?? path;
