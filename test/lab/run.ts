import { spawn } from "node:child_process";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  timeoutMs?: number;
  env?: Record<string, string>;
}

/** Marks a program that builds a lab while it is not yet in one of the lab's namespaces, so that `takeDown` finds it. */
export const builderOf = (lab: string): Record<string, string> => ({ POLICY_ROUTING_LAB: lab });

/** The environment of a fresh login: what a developer's shell exports must not change what a test sees. */
const CLEAN = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" };

/** Runs a program to its end and says how it ended. */
export function run(argv: readonly [string, ...string[]], { input, timeoutMs = 60_000, env }: RunOptions = {}): Promise<Result> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...CLEAN, ...env },
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      // Node's pipes are sockets, and bash takes a socket for a remote shell's and reads .bashrc.
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: code ?? 128, stdout, stderr: signal ? `${stderr}killed by ${signal}` : stderr }));
    // A program that ends before it has read its input is judged by its exit code, not by our EPIPE.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Runs a program that has to succeed, and returns what it printed. */
export async function must(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit code ${code}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}
