import { rename } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..", "..");
const program = join(root, "node_modules", ".cache", "policy-routing-soak", "controller.cjs");
let built: Promise<unknown> | undefined;

/** The controller's program as one file: a run starts a thousand of them, and to translate it each time takes a second of a processor. */
export async function controllerProgram(): Promise<string> {
  built ??= bundled();
  await built;
  return program;
}

/** By rename: another run may start it at this moment. */
async function bundled(): Promise<void> {
  const unfinished = `${program}.${process.pid}`;
  await build({
    entryPoints: [join(__dirname, "controllerMain.ts")],
    outfile: unfinished,
    bundle: true,
    platform: "node",
    format: "cjs",
    packages: "external",
    // The provider reads its scripts from beside its sources.
    define: { __dirname: JSON.stringify(join(root, "provider", "src", "host")) },
  });
  await rename(unfinished, program);
}
