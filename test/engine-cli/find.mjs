// Looks for a Pulumi CLI that is already on this machine.
import { execFileSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { binFolder, cli } from "./release.mjs";

/** An official CLI that the person installed wins over everything: it is what they deploy with. */
export function findOnPath() {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, "pulumi");
    if (!folder || !isExecutable(file) || !isSomeoneElses(file)) continue;
    const version = askVersion(file);
    if (version) return { pulumi: file, version };
  }
  return undefined;
}

export function findInstalled() {
  return isExecutable(cli()) ? cli() : undefined;
}

/** False for npm's wrapper, which is no CLI, and for our own: `npx pulumi` puts its folder on PATH, where it would pass unexamined. */
function isSomeoneElses(file) {
  const real = realpathSync(file);
  return !real.includes(`${sep}node_modules${sep}`) && real !== join(binFolder(), "pulumi");
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    const found = statSync(file);
    return found.isFile() && found.size > 0;
  } catch {
    return false;
  }
}

function askVersion(file) {
  try {
    const said = execFileSync(file, ["version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
    });
    return /^v?(\d+\.\d+\.\d\S*)/.exec(said.trim())?.[1];
  } catch {
    return undefined;
  }
}
