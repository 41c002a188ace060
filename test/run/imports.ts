// Which file of this repository imports which: found in the text, since `import type` and `import` count alike.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export const root = join(__dirname, "..", "..");

/** All files below a folder with one of these ends, from the root on, in the order of their names. */
export const filesOf = (folder: string, ends: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => ends.test(path) && !/(^|\/)(node_modules|\.[^/]+)\//.test(path))
    .sort();

/** `./x.js` is written where `./x.ts` is meant. */
function resolved(from: string, name: string): string | undefined {
  const path = normalize(join(dirname(from), name));
  return [path, `${path}.ts`, path.replace(/\.js$/, ".ts"), `${path}/index.ts`].find(
    (one) => /\.\w+$/.test(one) && existsSync(join(root, one)),
  );
}

const known = new Map<string, readonly string[]>();

/** The files that one imports itself. */
export function importsOf(path: string): readonly string[] {
  const imports = known.get(path) ?? readImports(path);
  known.set(path, imports);
  return imports;
}

function readImports(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]*)"/g)].flatMap(([, name = ""]) => resolved(path, name) ?? []);
}

/** What a file of test/ imports, itself or by other files of test/: what lies beyond those is not followed. */
export function reachedBy(path: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const walk = (one: string): void => {
    if (reached.has(one)) return;
    reached.add(one);
    if (!one.startsWith("test/")) return;
    for (const next of importsOf(one)) walk(next);
  };
  walk(path);
  return reached;
}
