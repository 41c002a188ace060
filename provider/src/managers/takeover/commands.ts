import type { Reading, Said } from "./reading";
import { readWords } from "./readWords";
import { type Command, commandsIn } from "./shell";

/** What a manager that runs a line knows of it. */
export interface Around {
  /** Variables that it sets. */
  readonly known?: Readonly<Record<string, string>>;
  /** It runs when the device goes, not when it comes. */
  readonly isWayDown?: boolean;
  /** Why it is not known whether it runs. */
  readonly depends?: string | undefined;
}

type Family = "inet" | "inet6";
const familyWords: Readonly<Record<string, Family>> = { "-4": "inet", "-6": "inet6", inet: "inet", inet6: "inet6" };

interface IpCommand {
  readonly kind: "rule" | "route";
  readonly verb: string;
  readonly family: Family | undefined;
  readonly rest: readonly string[];
}

const isBeginning = (said: string, whole: string): boolean => said !== "" && whole.startsWith(said);
const objectOf = (said: string): IpCommand["kind"] | undefined =>
  isBeginning(said, "route") ? "route" : isBeginning(said, "rule") ? "rule" : undefined;

/** `ip [OPTIONS] rule|route VERB ...`; undefined: another command, or another object of `ip`. */
export function ipCommand([name = "", ...words]: readonly string[]): IpCommand | undefined {
  if (!/^(.*\/)?ip$/.test(name)) return undefined;
  let family: Family | undefined;
  let at = 0;
  for (; words[at]?.startsWith("-") === true; at++) {
    const option = words[at] ?? "";
    if (/^-f(amily)?$/.test(option)) family = familyWords[words[++at] ?? ""];
    else if (/^-n(etns)?$/.test(option)) return undefined;
    else family = familyWords[option] ?? family;
  }
  const kind = objectOf(words[at] ?? "");
  return kind === undefined ? undefined : { kind, verb: words[at + 1] ?? "show", family, rest: words.slice(at + 2) };
}

const adding = { rule: ["add"], route: ["add", "replace", "append", "prepend", "change"] } as const;

/** An entry by the words behind `ip rule add` or `ip route add`. */
export function saidBy(
  kind: "rule" | "route",
  words: readonly string[],
  family: Family | undefined,
): Omit<Said, "place"> | { readonly wrong: string } {
  const read = readWords(kind, words);
  if ("wrong" in read) return read;
  const values = family === undefined ? read.values : { family, ...read.values };
  return { kind, values, ...(kind === "rule" && values["priority"] === undefined ? { numberedBy: "kernel" } : {}) };
}

/** Reads one line of shell: each rule and route that it adds is taken, all else left out or named. */
export function readLine(reading: Reading, text: string, around: Around, line: number, to = line): void {
  const all = commandsIn(text, around.known);
  let isTaken = false;
  for (const command of all) isTaken = readCommand(reading, command, around, line, to) || isTaken;
  if (!isTaken) reading.leave(around.isWayDown === true ? "the way down" : "makes no rule and no route", line, to);
}

/** Whether something was said of it. */
function readCommand(reading: Reading, command: Command, around: Around, line: number, to: number): boolean {
  const words = withoutPrefixes(command.words);
  const ip = ipCommand(words);
  if (ip === undefined) return readOther(reading, words, command, around, line, to);
  const verbs: readonly string[] = adding[ip.kind];
  const isAdding = verbs.some((verb) => isBeginning(ip.verb, verb));
  if (!isAdding || around.isWayDown === true) return false;
  if (command.isComputed || around.depends !== undefined) {
    const why = command.isComputed ? "computed by the shell" : (around.depends ?? "");
    reading.doubt(`${words.join(" ")}: ${why}: adopt reads what stands on the host`, line, to);
    return true;
  }
  const said = saidBy(ip.kind, ip.rest, ip.family);
  if ("wrong" in said) reading.doubt(`${words.join(" ")}: ${said.wrong}`, line, to);
  else reading.take(said, line, to);
  return true;
}

const prefixes = /^(sudo|then|do|else|elif|if|while|until|!|exec|nohup|\{|\(|-)$|^[A-Za-z_][A-Za-z0-9_]*=\S*$/;
const withoutPrefixes = (words: readonly string[]): readonly string[] => {
  const first = words.findIndex((word) => !prefixes.test(word));
  return first === -1 ? [] : words.slice(first);
};

function readOther(reading: Reading, words: readonly string[], command: Command, around: Around, line: number, to: number): boolean {
  const [name = ""] = words;
  const [, number, table] = /^([0-9]+)\s+(\S+)$/.exec(words.slice(1).join(" ").trim()) ?? [];
  if (name === "echo" && command.into?.includes("rt_tables") === true && number !== undefined && table !== undefined) {
    reading.nameTable(Number(number), table, line);
    return true;
  }
  if (around.isWayDown === true) return false;
  const isRoute = /^(.*\/)?route$/.test(name) && words[1] === "add";
  if (!isRoute && !/\bip\b[^|;&]*\b(ru|rule|r|ro|route)\s+(a|ad|add|replace|append|prepend)\b/.test(words.slice(1).join(" "))) return false;
  const why = isRoute
    ? "net-tools' route is not read: write it as ip route"
    : "inside another command: adopt reads what stands on the host";
  reading.doubt(`${words.join(" ")}: ${why}`, line, to);
  return true;
}
