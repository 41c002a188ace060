import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Channel } from "../wire/channel";

/** A program of this machine whose pipes are a shell's: ssh, or the shell itself. */
export interface Program {
  readonly channel: Channel;
  /** What it said on standard error, the end of it. */
  said(): string;
  /** Called once, with what kept it from starting, or with its code; undefined where a signal ended it. */
  onEnd(listener: (end: { readonly code: number | undefined; readonly error?: Error }) => void): void;
}

/** Milliseconds until a program that was ended is killed. */
const patience = 2000;
/** Milliseconds in which the pipes of a program that ended may still hold its last words: others may hold them open for ever. */
const lastWords = 300;

interface How {
  /** Whether its end with this code, undefined by a signal, is a lost connection. */
  isLost(code: number | undefined): boolean;
  /** Ends with it what it started: programs that lead to the host. */
  readonly withItsOwn: boolean;
}

/** In a session of its own: it asks nothing at somebody's terminal, and an interrupt there does not end what a guard runs for. */
export function programOf([command, ...args]: readonly [string, ...string[]], { isLost, withItsOwn }: How): Program {
  const child: ChildProcessWithoutNullStreams = spawn(command, args, { stdio: "pipe", detached: true });
  let said = "";
  let error: Error | undefined;
  let hasEnded = false;
  const [exits, ends]: [(() => void)[], ((code: number | undefined) => void)[]] = [[], []];
  const signal = (name: "SIGTERM" | "SIGKILL"): void => {
    try {
      if (child.pid !== undefined) process.kill(withItsOwn ? -child.pid : child.pid, name);
    } catch {} // it is gone
  };
  const end = (code: number | undefined): void => {
    if (hasEnded) return;
    hasEnded = true;
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    // Who listens for an exit hears of it before those of its close.
    if (error === undefined && !isLost(code)) for (const exit of exits) exit();
    for (const listener of ends) listener(code);
  };
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-2000);
  });
  child.stdin.on("error", () => {}); // told by its end
  child.once("error", (reason) => {
    error = reason;
    end(undefined);
  });
  child.once("exit", (code) => void setTimeout(() => end(code ?? undefined), lastWords).unref());
  child.once("close", (code) => end(code ?? undefined));
  return {
    channel: {
      output: child.stdout,
      complaints: child.stderr,
      write: (bytes) => void child.stdin.write(bytes),
      onExit: (listener) => void exits.push(listener),
      onClose: (listener) => void ends.push(listener),
      close: () => {
        child.stdin.end();
        if (hasEnded) return;
        signal("SIGTERM");
        const late = setTimeout(() => signal("SIGKILL"), patience).unref();
        ends.push(() => clearTimeout(late));
      },
    },
    said: () => said,
    onEnd: (listener) => void ends.push((code) => listener({ code, ...(error === undefined ? {} : { error }) })),
  };
}
