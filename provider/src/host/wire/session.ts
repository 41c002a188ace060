import type { Connection } from "../../declaration/connection";
import type { Warning } from "../../errors";
import type { Left } from "../reading/observe";
import { reached } from "../ssh/defaults";
import { longestDial } from "../ssh/hop";
import { targetOf } from "../ssh/target";
import { Progress, warn } from "../told";
import { Shell } from "./shell";

/** Seconds. A controller whose confirm's answer was lost looks for this long at most. */
const timeToLook = 300;
/** Seconds. */
const wayBackAtLeast = 5;

/** Who undid a change, by the host's word for it. */
const undoers: ReadonlyMap<string, string> = new Map([
  ["retracted", "the controller that made it"],
  ["withdrawn", "a person, by policy-routing retract"],
]);

/** Works with a connection of its own, which ends with it. */
export async function withSession<Result>(connection: Connection, work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = new Session(connection);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

/** A host as seen from here: one connection with one shell, kept between transactions and dialled again when it was lost. */
export class Session {
  readonly connection: Connection;
  #shell: Promise<Shell> | undefined;
  readonly #reported = new Set<string>();
  readonly #ended = new Set<string>();

  /** What goes on there now, for a person. */
  readonly progress: Progress;

  /** `waiting`: how many other changes of this host stand in line. */
  constructor(connection: Connection, waiting: () => number = () => 0) {
    this.connection = reached(connection);
    this.progress = new Progress(connection.host, waiting);
  }

  get host(): string {
    return this.connection.host;
  }

  /** The shell to work in. */
  async shell(): Promise<Shell> {
    const open = await this.#shell?.catch(() => undefined);
    if (open?.isOpen === true) return open;
    this.#shell = Shell.open(this.connection, undefined, this.progress);
    return this.#shell;
  }

  /** The shell if it still answers; undefined when a new login would be needed, or when what was sent there goes on. */
  async openShell(): Promise<Shell | undefined> {
    const shell = await this.#shell?.catch(() => undefined);
    return shell?.isOpen === true && shell.isIdle ? shell : undefined;
  }

  /** Another connection with a full login of its own, which shows that the host can be reached anew: while the guard leaves time for it. */
  freshShell(guardSeconds: number, leftMs: number): Promise<Shell> {
    return Shell.open(this.connection, { dialErrorLimit: 3, atLeast: guardSeconds / 2, until: performance.now() + leftMs });
  }

  /** One dial of a host that may be cut off. */
  wayBack(): Promise<Shell> {
    return Shell.open(this.connection, { dialErrorLimit: 0, atLeast: wayBackAtLeast, reach: wayBackAtLeast });
  }

  /** Seconds that it may take. */
  async longestWayBack(): Promise<number> {
    return targetOf(this.connection).then(
      (target) => longestDial(target, wayBackAtLeast),
      () => wayBackAtLeast, // a key that is gone: no dial begins
    );
  }

  /** From now on this is the shell to work in. */
  adopt(shell: Shell): void {
    const old = this.#shell;
    this.#shell = Promise.resolve(shell);
    old?.then((one) => one !== shell && one.close()).catch(() => {});
  }

  warn = (warning: Warning): void => warn(this.host, warning);

  /** The same words are told once a session. */
  warnOnce(warning: Warning): void {
    if (this.#reported.has(warning.what)) return;
    this.#reported.add(warning.what);
    this.warn(warning);
  }

  /** What became of a transaction is known here: nobody needs its traces on the host. */
  end(txn: string): void {
    this.#ended.add(txn);
  }

  /** Transactions whose traces can go: what was undone and told, our own once we know, what another confirmed when it had time to look. */
  forgettable(left: readonly Left[], uptime: number): string[] {
    return left
      .filter(({ txn, stage, text }) => {
        if (stage === "armed" || stage === "firing") return false;
        const [, at] = /^confirmed at ([0-9]+)$/m.exec(text) ?? [];
        return stage !== "confirmed" || this.#ended.has(txn) || (at !== undefined && uptime - Number(at) > timeToLook);
      })
      .map(({ txn }) => txn);
  }

  /** Undone at our own wish: no news for the person. */
  know(txn: string): void {
    this.#reported.add(txn);
  }

  /** Tells, once, what earlier transactions left on the host to be read, and what nobody was told yet. */
  report(left: readonly Left[]): void {
    for (const { txn, stage, text, failure } of left) {
      if (stage !== "fired" || this.#reported.has(txn)) continue;
      this.#reported.add(txn);
      const [, undone = ""] = /^(fired|retracted|withdrawn) at /m.exec(text) ?? [];
      const undoer = undoers.get(undone) ?? "its guard";
      const isTold = undone !== "";
      const how =
        failure !== undefined
          ? `the undo of an earlier change failed (${failure.replaceAll("\n", "; ")})`
          : isTold
            ? `an earlier change was undone by ${undoer}`
            : "whether the undo of an earlier change did all that it should is not known";
      const isUndone = failure === undefined && isTold;
      this.warn({ topic: isUndone ? "earlier-undone" : "earlier-undo-failed", what: `${how}: ${text.split("\n")[0] ?? ""} (${txn})` });
    }
  }

  close(): void {
    this.progress.pause();
    this.#shell?.then((shell) => shell.close()).catch(() => {});
    this.#shell = undefined;
  }
}
