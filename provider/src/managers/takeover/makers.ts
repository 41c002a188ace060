import type { Foreign } from "../../kernel/plan/change";
import { readFiles } from "./formats/index";
import { Origins } from "./origin";
import type { Managers } from "./readAgain";
import type { Source } from "./reading";
import { printRemoval, removalsOf } from "./removals";
import { canonicalNames } from "./tableNames";

/** The lines of files that make these entries again, by file, and what has each file read again. */
export function linesThatMake(
  taken: readonly Foreign[],
  sources: readonly Source[],
  names: readonly { readonly tableId: number; readonly name: string }[],
  there?: Managers,
): string[] {
  const files = readFiles(sources);
  const origins = new Origins(files, canonicalNames(names));
  const places = taken.flatMap(({ kind, is }) => origins.of(kind, is));
  return removalsOf(files, places, there).map(printRemoval);
}
