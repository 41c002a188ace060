import { ownEntry } from "../../declaration/ownEntry";
import type { Reading, Said } from "./reading";
import { readWords } from "./readWords";
import { type Command, Shell } from "./shell";
import { isQuoteOpen } from "./tokens";

/** What a manager that runs a line knows of it. */
export interface Around {
  /** What runs it; another shell for each line where nothing is said. */
  readonly shell?: Shell;
  /** It runs when the device goes, not when it comes. */
  readonly isWayDown?: boolean;
}

type Family = "inet" | "inet6";
const familyWords: Readonly<Record<string, Family>> = { "-4": "inet", "-6": "inet6", inet: "inet", inet6: "inet6" };

interface IpCommand {
  readonly kind: "rule" | "route";
  readonly verb: string;
  readonly family: Family | undefined;
  readonly rest: readonly string[];
  readonly netns: string | undefined;
}

const isBeginning = (said: string, whole: string): boolean => said !== "" && whole.startsWith(said);
const objectOf = (said: string): IpCommand["kind"] | undefined =>
  isBeginning(said, "route") ? "route" : isBeginning(said, "rule") ? "rule" : undefined;

const isIp = (name: string | undefined): boolean => /^(.*\/)?ip$/.test(name ?? "");
/** As `ip` reads its options: a beginning is enough, and one that several begin with is the first of these. */
const isOption = (word: string | undefined, whole: string, least: string): boolean => {
  const said = word?.replace(/^--/, "-") ?? "";
  return said.startsWith(least) && whole.startsWith(said);
};
const hasValue = (word: string | undefined): boolean => isOption(word, "-loops", "-l") || isOption(word, "-rcvbuf", "-rc");

/** `ip [OPTIONS] rule|route VERB ...`; undefined: another command, or another object of `ip`. */
function ipCommand([name, ...words]: readonly string[]): IpCommand | undefined {
  if (!isIp(name)) return undefined;
  let family: Family | undefined;
  let netns: string | undefined;
  let at = 0;
  for (; words[at]?.startsWith("-") === true; at++) {
    const option = words[at] ?? "";
    if (isOption(option, "-family", "-f")) family = ownEntry(familyWords, words[++at] ?? "");
    else if (isOption(option, "-netns", "-n")) netns = words[++at];
    else if (hasValue(option)) at++;
    else family = ownEntry(familyWords, option) ?? family;
  }
  const kind = objectOf(words[at] ?? "");
  return kind === undefined ? undefined : { kind, verb: words[at + 1] ?? "show", family, rest: words.slice(at + 2), netns };
}

const adopted = "adopt reads what stands on the host";
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
  const { shell = new Shell() } = around;
  if (isQuoteOpen(text) && saysEntry(text)) {
    reading.doubt(`${text.trim()}: a quote is not closed`, line, to);
    return;
  }
  let isTaken = false;
  for (const command of shell.read(text)) isTaken = readCommand(reading, command, around, line, to) || isTaken;
  if (!isTaken) reading.leave(around.isWayDown === true ? "the way down" : "makes no rule and no route", line, to);
}

/** Whether something was said of it. */
function readCommand(reading: Reading, command: Command, around: Around, line: number, to: number): boolean {
  const words = withoutPrefixes(command.words);
  const ip = ipCommand(words);
  if (ip === undefined) return readOther(reading, words, command, around, line, to);
  const verbs: readonly string[] = adding[ip.kind];
  const isAdding = verbs.some((verb) => isBeginning(ip.verb, verb));
  const isRestoring = !isAdding && isBeginning(ip.verb, "restore");
  if (!(isAdding || isRestoring) || around.isWayDown === true) return false;
  if (ip.netns !== undefined || isRestoring) {
    const why = ip.netns === undefined ? `it reads what was saved: ${adopted}` : "of another network namespace";
    reading.doubt(`${words.join(" ")}: ${why}`, line, to);
    return true;
  }
  if (command.isComputed || command.depends !== undefined) {
    const why = command.isComputed ? "computed by the shell" : (command.depends ?? "");
    reading.doubt(`${words.join(" ")}: ${why}: ${adopted}`, line, to);
    return true;
  }
  const said = saidBy(ip.kind, ip.rest, ip.family);
  if ("wrong" in said) reading.doubt(`${words.join(" ")}: ${said.wrong}`, line, to);
  else reading.take(said, line, to);
  return true;
}

const prefixes = /^(sudo|exec|nohup|-)$|^[A-Za-z_][A-Za-z0-9_]*=\S*$/;
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
  if (isIp(name) && words.some((word) => isOption(word, "-batch", "-b"))) {
    reading.doubt(`${words.join(" ")}: it reads its commands from elsewhere: ${adopted}`, line, to);
    return true;
  }
  const isRoute = /^(.*\/)?route$/.test(name) && words[1] === "add";
  if (!isRoute && !saysEntry(words.slice(1).join(" "))) return false;
  const why = isRoute ? "net-tools' route is not read: write it as ip route" : `inside another command: ${adopted}`;
  reading.doubt(`${words.join(" ")}: ${why}`, line, to);
  return true;
}

/** Words of another command, in which a rule or a route is made: `ip` by any of its short names, or by a name of the script's own. */
const saysEntry = (text: string): boolean =>
  /\bip\b[^|;&]*\b(ru|rule|r|ro|route)\s+(a|ad|add|replace|append|prepend|change|restore)\b/.test(text) ||
  /(^|\s)(rule|route)\s+(add|replace|append|prepend|change|restore)\b/.test(text);

/** A line of a here-document: whether something runs it, a person knows. */
export function readHereLine(reading: Reading, text: string, line: number, to: number): void {
  if (saysEntry(text)) reading.doubt(`${text.trim()}: inside a here-document: ${adopted}`, line, to);
  else reading.leave("makes no rule and no route", line, to);
}
