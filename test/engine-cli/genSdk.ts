// SDKs from the plugin's schema, by Pulumi's own generators: `pulumi package gen-sdk` asks a language's host, and the Go module proxy has these not.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ensureEngine } from "./ensure.mjs";
import { goEnvironment, goFlags } from "./go.mjs";
import { oneAtATime } from "./lock.mjs";

const execute = promisify(execFile);
const module = join(__dirname, "cli");
export const schema = join(__dirname, "../../provider/schema.json");

/** Compiled once a checkout, on what the CLI was compiled of. */
async function generator(): Promise<string> {
  const folder = join(__dirname, "../../node_modules/.cache/policy-routing");
  const file = join(folder, "gen-sdk");
  await mkdir(folder, { recursive: true });
  await oneAtATime(`${file}.lock`, async () => {
    if (existsSync(file)) return;
    await execute("go", ["build", "-mod=readonly", ...goFlags, "-o", `${file}.new`, "./gen-sdk"], { cwd: module, env: goEnvironment });
    await rename(`${file}.new`, file);
  });
  return file;
}

export async function generateSdk(language: "go" | "nodejs" | "python", folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await execute(await generator(), [language, schema, folder]);
}

/** Where the sources of Pulumi's SDKs are, of the version that the CLI has. */
export async function sdkSources(): Promise<string> {
  const { version } = await ensureEngine();
  const asked = ["mod", "download", "-json", `github.com/pulumi/pulumi/sdk/v3@v${version}`];
  const { stdout } = await execute("go", asked, { cwd: module, env: goEnvironment });
  return z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir;
}
