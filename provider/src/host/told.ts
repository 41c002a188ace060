import { escapeOutput, type Warning, warningText } from "../errors";

/**
 * How words about a host reach a person: here and nowhere else. Whoever runs the process may have another way. A warning is a line on standard error,
 * else: of the pipe that this is in the plugin of dynamic resources the engine loses nothing.
 */
export type Status = (host: string, line: string) => void;
type Warn = (host: string, warning: Warning) => void;

/** A log holds what ended; what is going on is for whoever sits in front of it. */
const onTerminal: Status = (_host, line) => {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
};

let status = onTerminal;

export function tellStatusBy(other: Status): void {
  status = other;
}

let tellWarning: Warn = (host, warning) => void process.stderr.write(`${warningText(host, warning)}\n`);

export function tellWarningsBy(other: Warn): void {
  tellWarning = other;
}

export const warn: Warn = (host, warning) => tellWarning(host, warning);

/** Milliseconds: what takes less is no news. */
const patience = 1000;

/** What is done on one host now. It is told once it has taken a second, and then how it ended too: a quick change says nothing. */
export class Progress {
  readonly #host: string;
  /** How many other changes of this host stand behind this one. */
  readonly #waiting: () => number;
  #what: () => string = () => "";
  #timer: NodeJS.Timeout | undefined;
  /** Something was told, so its end is news. */
  #isTold = false;
  readonly #mentioned = new Set<string>();
  /** What goes on now was told. */
  #isNow = false;

  constructor(host: string, waiting: () => number) {
    this.#host = host;
    this.#waiting = waiting;
  }

  /** From now on something else goes on. Its words are made when they are told. */
  begin(what: () => string): void {
    this.pause();
    this.#what = what;
    this.#isNow = false;
    this.#timer = setTimeout(() => this.#tell(), patience).unref();
  }

  /** The same goes on, a step further. */
  goOn(what: () => string): void {
    this.#what = what;
    if (this.#isNow) this.#tell();
  }

  /** It went on, and what comes next is no news yet. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** How it is done, which is no failure: told at once, and once. */
  mention(what: string): void {
    if (this.#mentioned.has(what)) return;
    this.#mentioned.add(what);
    this.#say(what);
  }

  end(what: () => string): void {
    this.pause();
    if (this.#isTold) this.#say(what());
    this.#isTold = this.#isNow = false;
  }

  #tell(): void {
    this.#isTold = this.#isNow = true;
    const others = this.#waiting();
    this.#say(`${this.#what()}${others === 0 ? "" : `; ${others} other ${others === 1 ? "change waits" : "changes wait"} for this host`}`);
  }

  /** One line, for it stands in a row. */
  #say(what: string): void {
    status(this.#host, escapeOutput(`${this.#host}: ${what}`).replaceAll(/\s*\n\s*/g, "; "));
  }
}
