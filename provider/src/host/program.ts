import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Channel } from "./channel";

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

/**
 * In a session of its own: it asks nothing at somebody's terminal, and an interrupt there does not end what a guard runs for. Its end is a lost
 * connection where `isLost` says so of its code.
 */
export function programOf(words: readonly [string, ...string[]], isLost: (code: number | undefined) => boolean): Program {
  const [command, ...args] = words;
  const child: ChildProcessWithoutNullStreams = spawn(command, args, { stdio: "pipe", detached: true });
  let said = "";
  let error: Error | undefined;
  const exits: (() => void)[] = [];
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-2000);
  });
  child.stdin.on("error", () => {}); // told by its end
  child.once("error", (reason) => {
    error = reason;
  });
  // Listeners of a channel's exit hear of it before those of its close.
  child.once("close", (code) => {
    if (!isLost(code ?? undefined)) for (const exit of exits) exit();
  });
  return {
    channel: {
      output: child.stdout,
      complaints: child.stderr,
      write: (bytes) => void child.stdin.write(bytes),
      onExit: (listener) => void exits.push(listener),
      onClose: (listener) => void child.once("close", listener),
      close: () => {
        child.stdin.end();
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), patience).unref();
        child.once("close", () => clearTimeout(late));
      },
    },
    said: () => said,
    onEnd: (listener) =>
      void child.once("close", (code) => listener({ code: code ?? undefined, ...(error === undefined ? {} : { error }) })),
  };
}
