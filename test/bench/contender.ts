// One program on the engine, with a fresh stack in each round.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStack, type Stack } from "../engine-cli/engine";
import { asWithUsers } from "../engine-cli/environment";
import type { Fleet } from "./fleet";
import { memoryDuring } from "./memory";
import { objectsOf } from "./objects";
import type { Sample } from "./rows";

export type Operation = "up" | "noop" | "preview" | "refresh" | "destroy";
export type Program = "engine-floor" | "granular" | "host-routing";

interface Declared {
  readonly guard?: { readonly disabled: true };
  /** The floor has the inputs of whole hosts. */
  readonly carries?: true;
  /** Left out: dynamic resources. */
  readonly door?: "plugin";
}

const timeoutSeconds = 900;

/** Seconds of processor that the children of this process took, and theirs, once they have ended. */
async function ended(): Promise<number> {
  const [, fields = ""] = (await readFile("/proc/self/stat", "utf8")).split(") ");
  const [user = 0, system = 0] = fields.split(" ").slice(13, 15).map(Number); // cutime and cstime, in hundredths: proc(5)
  return (user + system) / 100;
}

export class Contender {
  constructor(
    private readonly fleet: Fleet,
    private readonly stack: Stack,
    private readonly declared: string,
  ) {}

  /** `resources` are those of the floor, a host. */
  static async open(fleet: Fleet, program: Program, count: number, resources: number, more: Declared = {}): Promise<Contender> {
    const declared = { hosts: fleet.connections, objectsPerHost: resources, ...more, ...objectsOf(count) };
    const folder = await mkdtemp(join(tmpdir(), "policy-routing-bench-"));
    const file = join(folder, "declared.json");
    await writeFile(file, JSON.stringify(declared)); // 200 hosts are too much for an environment variable
    const stack = await openStack({ program: join(__dirname, "programs", program), env: { ...asWithUsers, BENCH: file } });
    return new Contender(fleet, stack, file);
  }

  /** The first host of the fleet gets another source in its first rule. */
  async changeOne(): Promise<void> {
    const declared: unknown = JSON.parse(await readFile(this.declared, "utf8"));
    await writeFile(this.declared, JSON.stringify({ ...(typeof declared === "object" ? declared : {}), changed: "198.51.100.77" }));
  }

  async run(operation: Operation): Promise<Sample> {
    let seconds = 0;
    let memory = 0;
    const logins = await this.fleet.loginsDuring(async () => {
      memory = await memoryDuring(`BENCH=${this.declared}`, async () => {
        seconds = (await this.#operate(operation)).seconds;
      });
    });
    return { seconds, logins, memory };
  }

  /** Seconds of processor instead of the clock's. */
  async cpu(operation: Operation): Promise<Sample> {
    const before = await ended();
    await this.#operate(operation);
    return { seconds: (await ended()) - before };
  }

  /** `up` is without the preview before it; all have the engine's default parallelism. What should find nothing to do must find nothing. */
  #operate(operation: Operation) {
    switch (operation) {
      case "up":
        return this.stack.up([], { timeoutSeconds });
      case "noop":
        return this.stack.up(["--expect-no-changes"], { timeoutSeconds });
      case "preview":
        return this.stack.preview(["--expect-no-changes"], { timeoutSeconds });
      case "refresh":
        return this.stack.refresh(["--expect-no-changes"], { timeoutSeconds });
      case "destroy":
        return this.stack.destroy([], { timeoutSeconds });
    }
  }

  /** What the state holds for all of them. */
  async stateBytes(): Promise<number> {
    const { deployment } = await this.stack.export();
    return Buffer.byteLength(JSON.stringify(deployment.resources));
  }

  /** What the state holds for a resource. */
  async sizes(): Promise<{ providerBytes: number; entryBytes: number }> {
    const { deployment } = await this.stack.export();
    const dynamic = deployment.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
    return {
      providerBytes: Math.max(...dynamic.map(({ inputs }) => Buffer.byteLength(String(inputs?.["__provider"])))),
      entryBytes: Math.max(...dynamic.map((entry) => Buffer.byteLength(JSON.stringify(entry)))),
    };
  }

  async close(): Promise<void> {
    await this.stack.remove();
    await rm(dirname(this.declared), { recursive: true });
  }
}
