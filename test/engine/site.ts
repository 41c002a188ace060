// What the engine tests share: hosts of one lab, and programs that run against them with the real CLI.
import { join } from "node:path";
import { transformSync } from "esbuild";
import { after, afterEach, before } from "mocha";
import { type Files, openStack, type Stack, type StackOptions, writeProgram } from "../engine-cli/engine";
import { type Host, type Lab, startLab } from "../lab/lab";

export interface Project {
  readonly folder: string;
  readonly stack: Stack;
  /** The next version of the program, by the same door unless said. */
  write(body: string, by?: Door): Promise<void>;
  /** Another stack of the same program, in the same state. */
  openStack(name: string): Promise<Stack>;
}

export interface Site {
  readonly lab: Lab;
  /** A host that no other test has touched. */
  host(): Host;
  /** A program of its own with a stack of its own, gone after the test. `body` stands behind the imports. */
  project(body: string, options?: Partial<StackOptions>): Promise<Project>;
}

/** The ways in to the one life cycle. `POLICY_ROUTING_DOOR=plugin npx mocha test/engine/FILE` goes by one of them alone. */
export type Door = "dynamic" | "plugin";
export const doors = (["dynamic", "plugin"] as const).filter((door) => door === (process.env["POLICY_ROUTING_DOOR"] ?? door));
/** Where a program has the classes of a door from. */
export const packageOf = (door: Door): string => `pulumi-policy-routing${door === "plugin" ? "/plugin" : ""}`;

/** What a program is written in is made JavaScript here, once: each run of the engine would load the compiler for it. */
const filesOf = (door: Door, body: string): Files => ({
  "index.js": transformSync(
    `
import * as pulumi from "@pulumi/pulumi";
import { ${door === "plugin" ? "Fleet, " : ""}HostRouting, MultihomedHost, NextHop, PolicyRoute, PolicyRule, RoutingTable } from "${packageOf(door)}";
${body}`,
    { loader: "ts", format: "cjs" },
  ).code,
  "Pulumi.yaml": `name: engine-test
runtime:
  name: nodejs
  options:
    typescript: false
plugins:
  providers:
    - name: policyrouting
      path: ${join(__dirname, "../../provider/bin")}
`,
});

/** One lab for all tests of a file. Every test takes fresh hosts of it, so none has to clean up after itself. */
export function useSite(name: string, hosts: number, door: Door = "dynamic"): Site {
  let lab: Lab | undefined;
  let taken = 0;
  let cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    lab = await startLab({ name: `engine-${name}${door === "plugin" ? "-p" : ""}`, hosts });
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  after(() => lab?.stop());

  const started = (): Lab => {
    if (lab === undefined) throw new Error("the lab was not started");
    return lab;
  };
  const open = async (options: StackOptions): Promise<Stack> => {
    const stack = await openStack(options);
    cleanups = [...cleanups, () => stack.remove()];
    return stack;
  };
  return {
    get lab() {
      return started();
    },
    host() {
      const host = started().hosts[taken++];
      if (host === undefined) throw new Error(`the lab has ${hosts} hosts, and the tests want more`);
      return host;
    },
    async project(body, options = {}) {
      const program = await writeProgram(filesOf(door, body));
      cleanups = [...cleanups, () => program.remove()];
      const stack = await open({ program: program.folder, ...options });
      return {
        folder: program.folder,
        stack,
        write: (next, by = door) => program.write(filesOf(by, next)),
        openStack: (other) => open({ program: program.folder, backend: stack.backend, stack: other, ...options }),
      };
    },
  };
}

/** `const NAME = { ... };` for a program. */
export const connection = (host: Host, more: Readonly<Record<string, unknown>> = {}, name = "connection"): string =>
  `const ${name} = ${JSON.stringify({ ...host.connection, ...more })};\n`;
