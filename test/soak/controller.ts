import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { controllerProgram } from "./program";
import { type Call, type Reply, reply } from "./protocol";

/** What became of a call: its reply and when it came; no reply when the controller was killed. */
export interface Answered {
  readonly call: Call;
  readonly reply: Reply | undefined;
  /** performance.now() of the reply. */
  readonly at: number;
}

/** A controller in a process of its own. Started again by the next call when it was killed. */
export class Controller {
  #child: ChildProcess | undefined;
  #ready: Promise<unknown> = Promise.resolve();
  #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #number = 0;
  #log = "";

  /** What it wrote to its standard error since the last time. */
  takeLog(): string {
    const log = this.#log;
    this.#log = "";
    return log;
  }

  async start(): Promise<void> {
    const program = await controllerProgram();
    if (this.#child !== undefined) return;
    const child = spawn(process.execPath, [program], { stdio: "pipe" });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#log += text;
    });
    child.stdin.on("error", () => {}); // it was killed: its end says so
    child.on("exit", () => this.#ended(child));
    const lines = createInterface({ input: child.stdout });
    this.#ready = Promise.race([
      once(lines, "line").then(() =>
        lines.on("line", (line) => {
          const message = reply.parse(JSON.parse(line));
          this.#waiting.get(message.number)?.(message);
          this.#waiting.delete(message.number);
        }),
      ),
      once(child, "exit"),
    ]);
    await this.#ready;
  }

  /** Runs calls side by side; each answers for itself. */
  async run(calls: readonly Call[]): Promise<Answered[]> {
    await this.start();
    return Promise.all(
      calls.map((call) => {
        const number = ++this.#number;
        return new Promise<Answered>((resolve) => {
          this.#waiting.set(number, (message) => resolve({ call, reply: message, at: performance.now() }));
          this.#child?.stdin?.write(`${JSON.stringify({ number, call })}\n`);
        });
      }),
    );
  }

  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child?.kill(signal);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  #ended(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle(undefined);
  }
}
