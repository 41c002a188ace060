import type { Foreign } from "../../kernel/plan/change";
import { canonicalNames } from "./canonicalForm";
import { readFiles } from "./formats/index";
import { Origins } from "./origin";
import type { Source } from "./reading";
import { printRemovals, removalsOf } from "./removals";

/** The lines of files that make these entries again, by file, and what has each file read again. */
export function linesThatMake(
  taken: readonly Foreign[],
  sources: readonly Source[],
  names: readonly { readonly tableId: number; readonly name: string }[],
): string[] {
  const files = readFiles(sources);
  const origins = new Origins(files, canonicalNames(names));
  return printRemovals(
    removalsOf(
      files,
      taken.flatMap(({ kind, is }) => origins.of(kind, is)),
    ),
  );
}
