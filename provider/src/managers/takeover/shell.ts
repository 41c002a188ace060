import { ownEntry } from "../../declaration/ownEntry";
import { tokensOf } from "./tokens";

/** One simple command of a script. */
export interface Command {
  readonly words: readonly string[];
  /** It holds something that only a shell can tell: `$NAME`, `$(...)`. */
  readonly isComputed: boolean;
  /** The file that its output goes to. */
  readonly into: string | undefined;
  /** What decides whether it runs, such as `inside if`; undefined: it runs. */
  readonly depends: string | undefined;
}

interface Open {
  words: string[];
  isComputed: boolean;
  into: string | undefined;
}

/** What is open: `if`, a loop, a group, the body of a function. What stands in it depends on it. */
interface Frame {
  readonly closedBy: string;
  readonly depends: string | undefined;
  /** It runs where something fails that as a rule works. */
  readonly isFallback: boolean;
  /** The function that it is the body of. */
  readonly functionName: string | undefined;
  /** The list that it stands in. */
  readonly list: List;
}

/** `A && B || C` as far as it was read. */
interface List {
  /** What stands before its last command: `&&`, `||`, or nothing. */
  readonly operator: string | undefined;
  /** What stands before that ends with success, as a rule. */
  readonly worked: boolean;
  /** Its last command does. */
  works: boolean;
  /** Its last command asks something. */
  asks: boolean;
}

const newList = (): List => ({ operator: undefined, worked: true, works: false, asks: false });
const nothing = (): Open => ({ words: [], isComputed: false, into: undefined });

const compound: Readonly<Record<string, string>> = {
  if: "fi",
  for: "done",
  while: "done",
  until: "done",
  select: "done",
  case: "esac",
  "{": "}",
  "(": ")",
};
const isGroup = (word: string): boolean => word === "{" || word === "(";
const closing = new Set(Object.values(compound));
const between = new Set(["then", "else", "elif", "do", "!"]);
const asking = new Set(["[", "[[", "test", "grep"]);
const safe = /^(sleep|true|:|echo|printf|logger|export)$/;
const making = /^(a|ad|add|replace|append|prepend|change|set)$/;

/** Whether nobody writes `&&` behind it to ask something: it does what it says. */
const isDone = ([name = "", ...words]: readonly string[]): boolean =>
  safe.test(name) || (/^(.*\/)?ip$/.test(name) && words.some((word) => making.test(word)));

/** Reads the lines of one script in their order, and so knows what decides whether each command runs. */
export class Shell {
  /** The lines that end the here-documents which begin behind the lines read so far. */
  readonly hereEnds: string[] = [];
  readonly #known: Readonly<Record<string, string>>;
  readonly #frames: Frame[] = [];
  readonly #waysOut = new Set(["exit", "return", "exec"]);
  #list = newList();
  #functionName: string | undefined;
  #stopsAtFailure: boolean;
  /** What the script may have ended at. */
  #behind: string | undefined;

  /** `known` are variables whose values are known; a shell with `-e` ends at a test that fails. */
  constructor(known: Readonly<Record<string, string>> = {}, stopsAtFailure = false) {
    this.#known = known;
    this.#stopsAtFailure = stopsAtFailure;
  }

  /** The simple commands of the next line, without what stands between them. */
  read(line: string): Command[] {
    const commands: Command[] = [];
    let open = nothing();
    const close = (): void => {
      if (open.words.length > 0) commands.push(this.#close(open));
      open = nothing();
    };
    let text = line;
    for (const [name, value] of Object.entries(this.#known))
      text = text.replaceAll(new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`, "g"), value);
    let goesOn = false;
    for (const { kind, text: said, isComputed } of tokensOf(text)) {
      goesOn = kind === "end" && /^(&&|\|\|?)$/.test(said);
      if (kind === "into") open.into = said;
      else if (kind === "here") this.hereEnds.push(said);
      else if (kind === "function") this.#functionName = said;
      else if (kind === "word" && (open.words.length > 0 || !this.#structure(said))) {
        open.words.push(said);
        open.isComputed ||= isComputed;
      } else if (kind === "paren" || kind === "end") {
        close();
        if (kind === "paren") this.#structure(said);
        else this.#end(said);
      }
    }
    close();
    if (!goesOn) this.#end(";");
    return commands;
  }

  get #depends(): string | undefined {
    const { operator, worked } = this.#list;
    if (operator === "||" || !worked) return `behind ${operator}`;
    return this.#frames.at(-1)?.depends ?? this.#behind;
  }

  get #isFallback(): boolean {
    const { operator, worked } = this.#list;
    return (operator === "||" && worked) || this.#frames.at(-1)?.isFallback === true;
  }

  /** Whether a word in the place of a command is one of the shell's grammar. */
  #structure(word: string): boolean {
    const closedBy = ownEntry(compound, word);
    if (closedBy !== undefined) this.#open(word, closedBy);
    else if (this.#frames.at(-1)?.closedBy === word) this.#list = { ...(this.#frames.pop()?.list ?? newList()), works: false };
    else if (between.has(word) || word === ")") this.#list = newList();
    else return closing.has(word);
    return true;
  }

  #open(word: string, closedBy: string): void {
    const functionName = this.#functionName;
    const depends = functionName !== undefined ? "inside a function" : isGroup(word) ? this.#depends : `inside ${word}`;
    this.#frames.push({ closedBy, depends, isFallback: this.#isFallback, functionName, list: this.#list });
    this.#list = newList();
    this.#functionName = undefined;
  }

  #close(open: Open): Command {
    const command = { ...open, depends: this.#depends };
    const [name = "", ...options] = open.words;
    this.#list.works = isDone(open.words);
    this.#list.asks = asking.has(name);
    if (name === "set" && options.some((word) => /^-[a-z]*e|^errexit$/.test(word))) this.#stopsAtFailure = true;
    // `exec` without a command opens files.
    if (this.#waysOut.has(name) && !(name === "exec" && options.length === 0)) this.#leave(name);
    return command;
  }

  /** From here on the script runs only where it did not end here: at once, or at a call of the function that this stands in. */
  #leave(by: string): void {
    if (this.#isFallback) return;
    const name = this.#frames.findLast(({ functionName }) => functionName !== undefined)?.functionName;
    if (name === undefined) this.#behind ??= `behind ${by}`;
    else if (by !== "return") this.#waysOut.add(name);
  }

  /** What stands between two commands: `|` leads from one to the other, `&&` and `||` go on with the list, all else ends it. */
  #end(operator: string): void {
    const { operator: before, worked, works, asks } = this.#list;
    if (/^\|&?$/.test(operator)) return;
    if (operator === "&&" || operator === "||") {
      const both = before === "||" ? worked || works : worked && works;
      this.#list = { operator, worked: both, works: false, asks: false };
      return;
    }
    if (asks && before === undefined && this.#stopsAtFailure && this.#frames.every(({ closedBy }) => closedBy === "}"))
      this.#behind ??= "behind a test";
    this.#list = newList();
  }
}
