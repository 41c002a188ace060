import { changing, library } from "../scripts";
import { quoted } from "./quoted";

/** What a name is in a text of shell, and not a part of a path, an option, a variable or an assignment. */
const names = /(?<![\w$/.=-]|\$\{)[a-z_][a-z_0-9]*(?![\w/.=-])/g;

/** Functions by their names, in their order, and what stands beside them: values that all of them may use. */
interface Library {
  readonly functions: ReadonlyMap<string, string>;
  readonly values: string;
}

function parse(text: string): Library {
  const functions = new Map<string, string>();
  const values: string[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [, name] = /^([a-z_0-9]+)\(\) /.exec(line) ?? [];
    if (name === undefined) {
      values.push(line);
      continue;
    }
    const first = at;
    if (!/\}(?: 2>\/dev\/null)?(?: #.*)?$/.test(line)) while (at < lines.length && !lines[++at]?.startsWith("}"));
    functions.set(name, lines.slice(first, at + 1).join("\n"));
  }
  return { functions, values: values.join("\n") };
}

const { functions, values } = parse(library);

/** A text of ours without what stands in single quotes or behind `#`, which is never a call. */
function withoutWords(text: string): string {
  return text.replaceAll(/\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|(?<=^|\s)#.*/gm, (one) =>
    one.startsWith("'") || one.startsWith("#") ? "" : one,
  );
}

const known = (text: string): string[] => (text.match(names) ?? []).filter((name) => functions.has(name));

/** An undo that a file of the host holds calls any of these. */
const byUndo = [...parse(changing).functions.keys()];
const runsUndo = /^\s*\. "\$dir\/undo"$/m;

const calls = new Map(
  [...functions].map(([name, text]) => [name, new Set([...known(withoutWords(text)), ...(runsUndo.test(text) ? byUndo : [])])]),
);

/** These, and whatever they call. */
function withCalled(first: Iterable<string>): Set<string> {
  const all = new Set(first);
  for (const name of all) for (const one of calls.get(name) ?? []) all.add(one); // a set is walked through to what was added meanwhile
  return all;
}

const textOf = (some: ReadonlySet<string>, but?: ReadonlySet<string>): string =>
  [...functions].flatMap(([name, text]) => (some.has(name) && but?.has(name) !== true ? [text] : [])).join("\n");

/** A guard has all that it needs in its text. */
const ofGuard = withCalled(["watch", "fire_now"]);
const guard = `${values}\n${textOf(ofGuard)}`;

function libraryFor(called: readonly string[]): string {
  const needed = withCalled(["find_netns", ...called]);
  const own = needed.has("arm") ? [`library=${quoted(guard)}`, 'eval "$library"', textOf(needed, ofGuard)] : [values, textOf(needed)];
  return [...own, "find_netns"].join("\n");
}

/** Of a fleet each host is sent the same ones. */
const made = new Map<string, string>();

/** A frame with the functions that it calls, and those that these call. A shell on the host keeps none: most frames are the first of their login. */
export function withLibrary(text: string): string {
  const called = [...new Set(known(text))].sort();
  const key = called.join(" ");
  const own = made.get(key) ?? libraryFor(called);
  made.set(key, own);
  return `${own}\n${text}`;
}
