// Which test files belong to a path that a person names.
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { filesOf, importsOf, reachedBy, root } from "./imports";

export const testFiles = (): string[] => filesOf("test", /\.test\.ts$/);

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const stem = (path: string): string => basename(path).replace(/(\.test)?\.[a-z]+$/, "");

/** A test file is itself, a folder of tests what is in it. Of any other path: the tests that import it, or that have its name. */
export function testsOf(asked: string): string[] {
  const path = relative(root, resolve(asked));
  if (!existsSync(join(root, path))) throw new Error(`there is no ${asked}`);
  const within = testFiles().filter((file) => isWithin(file, path));
  const found = within.length > 0 ? within : testsOfSource(path, new Set());
  if (found.length === 0) throw new Error(`no test imports ${asked} or has its name`);
  return found;
}

/** Where no test knows it, those of the sources that import it. */
function testsOfSource(path: string, seen: Set<string>): string[] {
  seen.add(path);
  const mirrored = path.replace(/^provider\/src\//, "test/unit/");
  const hasName = (file: string): boolean => stem(file) === stem(path) || isWithin(file, mirrored) || file.split("/").includes(stem(path));
  const found = testFiles().filter((file) => hasName(file) || [...reachedBy(file)].some((reached) => isWithin(reached, path)));
  if (found.length > 0) return found;
  const importers = filesOf("provider/src", /\.ts$/).filter(
    (file) => !seen.has(file) && importsOf(file).some((one) => isWithin(one, path)),
  );
  return importers.flatMap((file) => testsOfSource(file, seen));
}
