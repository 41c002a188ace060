// The package as it is published: packed once, for tests that install it outside of the workspace.
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

export const root = join(__dirname, "..", "..");
export const run = promisify(execFile);
/** The Node.js that runs the tests, whatever the machine's own is. */
export const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter) };

export interface Packed {
  readonly tarball: string;
  /** Its files, without `package/`. */
  readonly paths: readonly string[];
}

export async function pack(folder: string): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(root, "provider"), env });
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout);
  assert.ok(packed !== undefined);
  return { tarball: join(folder, packed.filename), paths: packed.files.map(({ path }) => path) };
}

/** The version that the workspace has of a package: installing it again needs no download. */
export async function versionOf(name: string): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, "node_modules", name, "package.json"), "utf8"));
  return version;
}

export const npmInstall = (folder: string, ...packages: readonly string[]) =>
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], { cwd: folder, env, timeout: 300_000 });
