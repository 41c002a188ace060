// One run of the CLI, as a child process that a test can watch, wait for, or kill.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Result {
  /** The exit code, or null when a signal ended the CLI. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  /** What the CLI has printed so far, both streams as a person would see them. */
  readonly printed: () => string;
  /** Resolves when the CLI has ended, in whatever way: it never rejects. */
  readonly ended: Promise<Result>;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** After this the CLI is killed, so that a hanging engine fails one test and not the whole run. */
  readonly timeoutSeconds: number;
}

export function start(command: Command): Running {
  const started = performance.now();
  const child = spawn(command.file, command.args, { cwd: command.folder, env: command.env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, printed] = ["", "", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    printed += text;
  });
  const deadline = setTimeout(() => {
    stderr += `\nkilled: no end after ${command.timeoutSeconds} s\n`;
    child.kill("SIGKILL");
  }, command.timeoutSeconds * 1000);

  const ended = once(child, "close")
    .catch((error: Error) => {
      stderr += `cannot start ${command.file}: ${error.message}\n`;
    })
    .then(() => {
      clearTimeout(deadline);
      const seconds = (performance.now() - started) / 1000;
      return { code: child.exitCode, signal: child.signalCode, stdout, stderr, seconds };
    });
  return { child, printed: () => printed, ended };
}

export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly result: Result;

  constructor(what: string, args: readonly string[], result: Result) {
    super(`${what}: pulumi ${args.join(" ")}\n${result.stdout}${result.stderr}`.trimEnd());
    this.result = result;
  }
}

export function describeEnd(result: Result): string {
  return result.signal ? `Command was ended by ${result.signal}` : `Command failed with exit code ${result.code}`;
}
