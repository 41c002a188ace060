import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Asked } from "./configuration";
import type { Words } from "./sshGAnswer";

/** Lines of a configuration, those of its Include in their places. */
type Lines = readonly { readonly keyword: string; readonly value: string }[];

/** Only ssh itself can tell. */
const alone = undefined;

/** A file of ssh's configuration, and the folder in which its Include looks. */
export interface ConfigFile {
  readonly path: string;
  readonly folder: string;
  /** Where `~` leads to. */
  readonly home: string;
}

/**
 * What hosts have in common of which ssh says the same, but for their names: the same patterns of `Host` fit. So a fleet asks ssh once, and not a
 * process for each of its hosts. Undefined where that cannot be told: ssh is asked for this host alone.
 */
export function groupOf({ name, port, user }: Asked, files: readonly ConfigFile[]): string | undefined {
  if (!/^[a-z0-9][a-z0-9.:_-]*$/.test(name)) return alone; // of another one ssh may make another name
  const lines = allLines(files);
  if (lines === alone || lines.some(mayDiffer)) return alone;
  if (lines.some(({ keyword, value }) => keyword === "hostname" && value.toLowerCase().includes(name))) return alone;
  const patterns = lines.flatMap(({ keyword, value }) => (keyword === "host" ? value.split(/\s+/) : []));
  const fits = patterns.map((one) => matches(one.replace(/^!/, ""), name));
  return JSON.stringify([port, user, fits, lines]);
}

/** The answer for one of a group, as it is for another one. */
export function answerFor(name: string, words: Words, { name: first }: Asked): Words {
  const renamed = (keyword: string): readonly string[] | undefined => words.get(keyword)?.map((value) => (value === first ? name : value));
  const own = ["host", "hostname"].flatMap((keyword) => {
    const values = renamed(keyword);
    return values === undefined ? [] : [[keyword, values] as const];
  });
  return new Map([...words, ...own]);
}

/** Tokens may stand for the host, and what these keywords mean may hang on it, or be run. A path of a master's is never used here. */
const mayDiffer = ({ keyword, value }: Lines[number]): boolean =>
  /^(?:match|proxyjump|canonical.*)$/.test(keyword) ||
  (value.includes("%") && keyword !== "controlpath") ||
  (keyword === "host" && /["'\\#]/.test(value));

/** `*` and `?`, as in patterns of `Host` and in names of files. */
function matches(glob: string, text: string): boolean {
  if (!/[*?]/.test(glob)) return glob === text;
  const literal = glob.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}

const deepest = 16;

function allLines(files: readonly ConfigFile[], depth = 0): Lines | undefined {
  if (depth > deepest) return alone;
  const lines: Lines[number][] = [];
  for (const file of files) {
    const text = textOf(file.path);
    if (text === alone) return alone;
    for (const line of text.split("\n")) {
      if (/^\s*(?:#.*)?$/.test(line)) continue;
      const [, word, value] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
      if (word === undefined || value === undefined) return alone;
      const keyword = word.toLowerCase();
      if (keyword !== "include") {
        lines.push({ keyword, value });
        continue;
      }
      const included = value.split(/\s+/).map((glob) => matching(glob, file));
      const paths = included.flatMap((some) => some ?? []);
      const isPlain = included.every((some) => some !== alone);
      const below = isPlain
        ? allLines(
            paths.map((path) => ({ ...file, path })),
            depth + 1,
          )
        : alone;
      if (below === alone) return alone;
      lines.push(...below);
    }
  }
  return lines;
}

/** A file that is not there says nothing. */
function textOf(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  } catch {
    return alone;
  }
}

/** The files of an Include in a plain form: patterns in the last part of a path alone. */
function matching(glob: string, { folder, home }: ConfigFile): readonly string[] | undefined {
  const path = glob.startsWith("~/") ? join(home, glob.slice(2)) : glob.startsWith("/") ? glob : join(folder, glob);
  const [where, name] = [dirname(path), basename(path)];
  if (/["'\\#$%[\]{}~]/.test(path) || /[*?]/.test(where)) return alone;
  if (!/[*?]/.test(name)) return [path];
  if (!existsSync(where)) return [];
  return readdirSync(where)
    .filter((one) => matches(name, one) && one.startsWith(".") === name.startsWith("."))
    .sort()
    .map((one) => join(where, one));
}
