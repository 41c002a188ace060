// One program on the engine, with a fresh stack in each round.
import { join } from "node:path";
import { openStack, type Stack } from "../engine-cli/engine";
import type { Fleet } from "./fleet";
import { objects, resources } from "./objects";
import type { Sample } from "./rows";

export type Operation = "up" | "noop" | "preview" | "refresh";

const timeoutSeconds = 900;

export class Contender {
  constructor(
    private readonly fleet: Fleet,
    private readonly stack: Stack,
  ) {}

  static async open(fleet: Fleet, program: "engine-floor" | "granular", guard?: { readonly disabled: true }): Promise<Contender> {
    const declared = { hosts: fleet.connections, objectsPerHost: resources, guard, ...objects };
    const stack = await openStack({ program: join(__dirname, "programs", program), env: { BENCH: JSON.stringify(declared) } });
    return new Contender(fleet, stack);
  }

  async run(operation: Operation): Promise<Sample> {
    let seconds = 0;
    const logins = await this.fleet.loginsDuring(async () => {
      seconds = (await this.#operate(operation)).seconds;
    });
    return { seconds, logins };
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
    }
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
  }
}
