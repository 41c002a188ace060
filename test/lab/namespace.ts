import { must, type Result, type RunOptions, run } from "./run";

export type Entry = Record<string, unknown>;

export const namespaceOf = (lab: string, node: string): string => `lab-${lab}.${node}`;

/** A network namespace with a name, seen from the controller. */
export class Namespace {
  constructor(readonly namespace: string) {}

  /** How a program is started in it. */
  protected async enter(): Promise<[string, ...string[]]> {
    return ["nsenter", `--net=/run/netns/${this.namespace}`, "--"];
  }

  /** Runs a shell command in it and says how it ended. */
  async result(command: string, options?: RunOptions): Promise<Result> {
    return run([...(await this.enter()), "sh", "-c", command], options);
  }

  /** Runs a shell command in it that has to succeed, and returns what it printed. */
  async exec(command: string, options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await this.result(command, options);
    if (code !== 0) throw new Error(`${this.namespace}: ${command}: exit code ${code}: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  }

  /** What `ip -j -N -d` says, by the controller's `ip`: the host's own may be missing or a fake. `args` is split at blanks. */
  async ip(args: string): Promise<Entry[]> {
    const parsed: unknown = JSON.parse((await must(["ip", "-n", this.namespace, "-j", "-N", "-d", ...args.split(" ")])) || "[]");
    return Array.isArray(parsed) ? parsed.filter(isEntry) : [];
  }

  /** Changes the network by one `ip -batch`. */
  async batch(lines: readonly string[]): Promise<void> {
    await must(["ip", "-n", this.namespace, "-batch", "-"], { input: `${lines.join("\n")}\n` });
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
