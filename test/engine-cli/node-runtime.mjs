// The Node.js that runs programs and the plugin: @pulumi/pulumi wants 22, a Debian 12 may have 20 or older.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const oldest = 22;

/** The folder to put first in PATH, because Pulumi's own plugin script starts whatever `node` is there. */
export function nodeFolder() {
  const bundled = npmPackageNode();
  if (bundled) return bundled;
  if (Number.parseInt(process.versions.node, 10) >= oldest) return dirname(process.execPath);
  throw new Error(
    `Pulumi programs need Node.js ${oldest} or newer, this is ${process.version}: run \`npm install\` (its package \`node\` brings one)`,
  );
}

/** Preferred even under a newer Node.js: every caller then writes the same files, and none undoes another's. */
function npmPackageNode() {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin");
    return existsSync(join(folder, "node")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
