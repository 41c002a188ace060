// The real Pulumi engine for tests: one stack of one program, with a state, a home and a passphrase of its own.
import { existsSync, rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Preview, readExport, readKept, readOutputs, readPreview, type StackExport } from "./answers";
import { CommandError, describeEnd, type Result, type Running, start } from "./command";
import { ensureEngine } from "./ensure.mjs";
import { engineEnvironment } from "./environment";

export { CommandError, type Result, type Running } from "./command";
export { type Files, type Program, writeProgram } from "./program";

type Environment = Readonly<Record<string, string>>;
type Arguments = readonly string[];

export interface StackOptions {
  /** The folder of the Pulumi.yaml. */
  readonly program: string;
  /** The default is `test`. The engine writes Pulumi.<stack>.yaml beside the Pulumi.yaml; `remove` puts back what was there before. */
  readonly stack?: string;
  /** For every command of this stack; the program and the plugin inherit it. */
  readonly env?: Environment;
  readonly config?: Readonly<Record<string, string | { readonly secret: string }>>;
  /** For several stacks in one state: the `backend` of another stack. The default is a folder that goes with `remove`. */
  readonly backend?: string;
}

export interface CommandOptions {
  /** The command must fail; its success is then what throws. */
  readonly expectFailure?: boolean;
  readonly env?: Environment;
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 180;

export async function openStack(options: StackOptions): Promise<Stack> {
  const { pulumi } = await ensureEngine();
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-engine-"));
  await mkdir(join(folder, "state"));
  const stack = new Stack(pulumi, folder, options, await textOf(configFile(options)));
  try {
    await initialise(stack, folder, options);
    await stack.configure(options.config ?? {});
    return stack;
  } catch (error) {
    await stack.remove();
    throw error;
  }
}

/** What `stack init` wrote in this process, by what it depends on: its next stack is a copy, which spares a second of a processor. */
const initialised = new Map<string, { readonly state: string; readonly config: string }>();
process.once("exit", () => {
  for (const { state } of initialised.values()) rmSync(state, { recursive: true, force: true });
});

async function initialise(stack: Stack, folder: string, options: StackOptions): Promise<void> {
  const init = (): Promise<unknown> => stack.run(["stack", "init", stack.name, "--no-select"]);
  const config = configFile(options);
  // Where there is a state or a configuration already, the command says what becomes of them.
  if (options.backend !== undefined || existsSync(config)) return void (await init());
  const project = /^name: .*$/m.exec(await readFile(join(options.program, "Pulumi.yaml"), "utf8"))?.[0];
  const key = JSON.stringify([project, stack.name, options.env]);
  const before = initialised.get(key);
  if (before !== undefined) {
    await cp(before.state, join(folder, "state"), { recursive: true });
    await writeFile(config, before.config);
    return;
  }
  await init();
  const state = await mkdtemp(join(tmpdir(), "policy-routing-initialised-"));
  await cp(join(folder, "state"), state, { recursive: true });
  initialised.set(key, { state, config: await readFile(config, "utf8") });
}

export class Stack {
  readonly name: string;
  readonly backend: string;
  readonly #pulumi: string;
  readonly #folder: string;
  readonly #program: string;
  readonly #configFile: string;
  readonly #configBefore: string | undefined;
  readonly #env: NodeJS.ProcessEnv;

  /** For `openStack`, which also makes the folder and the stack. */
  constructor(pulumi: string, folder: string, options: StackOptions, configBefore: string | undefined) {
    this.name = nameOf(options);
    this.backend = options.backend ?? `file://${join(folder, "state")}`;
    this.#pulumi = pulumi;
    this.#folder = folder;
    this.#program = options.program;
    this.#configFile = configFile(options);
    this.#configBefore = configBefore;
    this.#env = { ...engineEnvironment(join(folder, "home"), this.backend), ...options.env };
  }

  preview(args: Arguments = [], options?: CommandOptions): Promise<Result> {
    return this.run(["preview", ...this.#onStack, ...args], options);
  }

  /** Unchanged resources are left out unless `--show-sames` is given. */
  async previewJson(args: Arguments = [], options?: CommandOptions): Promise<Preview> {
    const { stdout } = await this.preview(["--json", ...args], options);
    return readPreview(stdout);
  }

  /** Without the preview that a person sees first: it would start every process twice. `--skip-preview=false` brings it back. */
  up(args: Arguments = [], options?: CommandOptions): Promise<Result> {
    return this.run(["up", ...this.#onStack, ...unattended, ...args], options);
  }

  refresh(args: Arguments = [], options?: CommandOptions): Promise<Result> {
    return this.run(["refresh", ...this.#onStack, ...unattended, ...args], options);
  }

  destroy(args: Arguments = [], options?: CommandOptions): Promise<Result> {
    return this.run(["destroy", ...this.#onStack, ...unattended, ...args], options);
  }

  /** Secrets stay encrypted, so that a test can prove that they are. `--show-secrets` decrypts. Else it is what the file of the state says. */
  async export(args: Arguments = []): Promise<StackExport> {
    if (args.length === 0 && this.backend.startsWith("file:")) return readKept(await readFile(await this.#stateFile(), "utf8"));
    const { stdout } = await this.run(["stack", "export", ...this.#onStack, ...args]);
    return readExport(stdout);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.run(["stack", "output", "--json", "--show-secrets", ...this.#onStack]);
    return readOutputs(stdout);
  }

  async configure(config: NonNullable<StackOptions["config"]>): Promise<void> {
    const settings = Object.entries(config).flatMap(([key, value]) =>
      typeof value === "string" ? ["--plaintext", `${key}=${value}`] : ["--secret", `${key}=${value.secret}`],
    );
    if (settings.length > 0) await this.run(["config", "set-all", ...this.#onStack, ...settings]);
  }

  /** Any command, for example `["state", "delete", urn, "--stack", stack.name]`. */
  async run(args: Arguments, options: CommandOptions = {}): Promise<Result> {
    const result = await this.#start(args, options).ended;
    const failed = result.code !== 0;
    if (failed && !options.expectFailure) throw new CommandError(describeEnd(result), args, result);
    if (!failed && options.expectFailure) throw new CommandError("Command was to fail, but succeeded", args, result);
    return result;
  }

  /** `up`, `refresh` or `destroy` in the background, for tests that interrupt or kill the CLI. */
  spawn(command: "up" | "refresh" | "destroy", args: Arguments = [], options: CommandOptions = {}): Running {
    return this.#start([command, ...this.#onStack, ...unattended, ...args], options);
  }

  /** Forgets the state and leaves the resources alone: `destroy` first where they matter. */
  async remove(): Promise<void> {
    if (this.#configBefore === undefined) await rm(this.#configFile, { force: true });
    else await writeFile(this.#configFile, this.#configBefore);
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #onStack(): Arguments {
    return ["--stack", this.name];
  }

  async #stateFile(): Promise<string> {
    const project = /^name: *(\S+)$/m.exec(await readFile(join(this.#program, "Pulumi.yaml"), "utf8"))?.[1] ?? "";
    return join(fileURLToPath(this.backend), ".pulumi", "stacks", project, `${this.name}.json`);
  }

  #start(args: Arguments, options: CommandOptions): Running {
    return start({
      file: this.#pulumi,
      args: ["--non-interactive", "--color", "never", ...args],
      folder: this.#program,
      env: { ...this.#env, ...options.env },
      timeoutSeconds: options.timeoutSeconds ?? defaultTimeoutSeconds,
    });
  }
}

const nameOf = (options: StackOptions): string => options.stack ?? "test";
const configFile = (options: StackOptions): string => join(options.program, `Pulumi.${nameOf(options)}.yaml`);
const textOf = (file: string): Promise<string | undefined> => readFile(file, "utf8").catch(() => undefined);

const unattended: Arguments = ["--yes", "--skip-preview"];
