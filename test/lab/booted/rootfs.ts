import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { bornAt } from "../process";
import { must } from "../run";

/** Debian 11, 12 and 13: iproute2 5.9, 6.1 and 6.15; systemd 247, 252 and 257. */
export type Suite = "bullseye" | "bookworm" | "trixie";

/** Outside the repository: it outlives a checkout. */
const CACHE = "/var/cache/policy-routing-lab";
const SCRIPT = join(__dirname, "rootfs.sh");
/** On top of that: others that make rules and routes. */
const DAEMONS = join(__dirname, "daemons.sh");
/** On top of that: DHCP clients beside those of systemd and NetworkManager. */
const CLIENTS = join(__dirname, "clients.sh");
/** A shell and `ip`, no more: enough to run what a host runs on the kernel of this machine. */
const RELEASE = join(__dirname, "release.sh");
const LONGEST_BUILD = 1_200_000;

/** The root file system of a suite, built once for every version of the recipe. Nobody may write to it. */
export async function rootfs(suite: Suite): Promise<string> {
  return built(suite, await placeOf(suite, SCRIPT), SCRIPT);
}

/** The same with keepalived, FRR, BIRD and WireGuard, none of which a boot starts by itself. */
export async function withDaemons(suite: Suite): Promise<string> {
  return built(suite, await placeOf(`${suite}-daemons`, SCRIPT, DAEMONS), DAEMONS, await rootfs(suite));
}

/** The same with ISC dhclient, dhcpcd and udhcpc, none of which a boot starts by itself. */
export async function withClients(suite: Suite): Promise<string> {
  return built(suite, await placeOf(`${suite}-clients`, SCRIPT, CLIENTS), CLIENTS, await rootfs(suite));
}

/** A root file system with a suite's `sh` and `ip`: the whole one where it is there, else a small one. */
export async function release(suite: Suite): Promise<string> {
  const whole = await placeOf(suite, SCRIPT);
  return (await exists(whole)) ? whole : built(suite, await placeOf(`${suite}-ip`, RELEASE), RELEASE);
}

async function placeOf(name: string, ...scripts: readonly string[]): Promise<string> {
  const recipe = createHash("sha256");
  for (const script of scripts) recipe.update(await readFile(script));
  return join(CACHE, `${name}-${recipe.digest("hex").slice(0, 12)}`);
}

async function built(suite: Suite, finished: string, script: string, ...more: readonly string[]): Promise<string> {
  if (await exists(finished)) return finished;
  await mkdir(CACHE, { recursive: true });
  await removeAbandoned();
  console.error(`Building the root file system of Debian ${suite} ...`);
  const building = join(CACHE, `building-${process.pid}-${await bornAt(process.pid)}-${randomBytes(3).toString("hex")}`);
  try {
    await must([script, suite, building, join(CACHE, "packages"), ...more], { timeoutMs: LONGEST_BUILD });
    // Whole or not at all; if another process was faster, its result serves as well.
    await rename(building, finished).catch(async (error: unknown) => {
      if (!(await exists(finished))) throw error;
    });
    return finished;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** What a process that was killed left half-made. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const [, pid, born] = /^building-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && (await bornAt(Number(pid))) !== born) await rm(join(CACHE, name), { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
