// What a bare machine lacks, by need: `packages` (npm's), `build` (the compiled provider), `cli` (Pulumi's). All of it, where nothing is named.
// Plain JavaScript for whatever Node.js (18 or newer) the machine has; idempotent, and quick when all is there.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");

/** Says what is done, and afterwards how long it took. */
function run(what, command, args) {
  console.error(`${what} ...`);
  const began = Date.now();
  execFileSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  console.error(`${what}: ${Math.round((Date.now() - began) / 1000)} s`);
}

/** The packages of the lock file, once: a copy of its hash says which are there. */
function installPackages() {
  const stamp = join(modules, ".policy-routing-lock");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  // Not `npm ci`: it wants every platform's optional packages in the lock file, and not every registry has them all.
  run("Installing the npm packages", "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, wanted);
}

function checkNode() {
  const node = join(modules, ".bin", "node");
  const version = existsSync(node) ? execFileSync(node, ["--version"], { encoding: "utf8" }).trim() : process.version;
  if (Number(/^v([0-9]+)/.exec(version)?.[1]) >= 22) return;
  throw new Error(
    `Node.js 22 or newer is needed, this is ${version}. The npm package node brings it, unless install scripts are forbidden: run npm install without --ignore-scripts.`,
  );
}

const newest = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs), 0);

/** The plugin runs compiled JavaScript: it must be what the sources say. */
function buildProvider() {
  const built = join(root, "provider", "dist", "resources", "index.js");
  if (existsSync(built) && newest(join(root, "provider", "dist")) > newest(join(root, "provider", "src"))) return;
  run("Compiling the provider", "npm", ["run", "--silent", "build"]);
}

const steps = {
  packages: () => {
    installPackages();
    checkNode();
  },
  build: buildProvider,
  cli: async () => {
    const { ensureEngine } = await import("./engine-cli/ensure.mjs");
    await ensureEngine();
  },
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in steps));
if (unknown !== undefined) throw new Error(`there is no step ${unknown}, only ${Object.keys(steps).join(", ")}`);
for (const [name, step] of Object.entries(steps)) if (asked.length === 0 || asked.includes(name)) await step();
