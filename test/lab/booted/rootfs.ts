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
/** On top of that: packages that are no part of every host. */
const MORE = join(__dirname, "more.sh");
/** A shell and `ip`, no more: enough to run what a host runs on the kernel of this machine. */
const RELEASE = join(__dirname, "release.sh");
const LONGEST_BUILD = 1_200_000;

/** The root file system of a suite, built once for every version of the recipe. Nobody may write to it. */
export async function rootfs(suite: Suite): Promise<string> {
  return built(suite, await placeOf(suite, [SCRIPT]), SCRIPT);
}

/** Packages and their services. */
const more = {
  /** Others that make rules and routes. */
  daemons: ["keepalived frr bird2 wireguard-tools wireguard-go", "keepalived.service frr.service bird.service logrotate.timer"],
  /** DHCP clients beside those of systemd and NetworkManager. ifupdown takes the first that it finds: the tests move the others away. */
  clients: ["isc-dhcp-client dhcpcd5 udhcpc", "dhcpcd.service dhcpcd5.service"],
  /** For a virtual machine: of this machine's kernel no PPP is asked. */
  ppp: ["ppp", ""],
} as const;
export type More = keyof typeof more;

/** The same with more packages. */
export async function rootfsWith(name: More, suite: Suite): Promise<string> {
  return built(suite, await placeOf(`${suite}-${name}`, [SCRIPT, MORE], more[name]), MORE, await rootfs(suite), ...more[name]);
}

/** A root file system with a suite's `sh` and `ip`: the whole one where it is there, else a small one. */
export async function release(suite: Suite): Promise<string> {
  const whole = await placeOf(suite, [SCRIPT]);
  return (await exists(whole)) ? whole : built(suite, await placeOf(`${suite}-ip`, [RELEASE]), RELEASE);
}

async function placeOf(name: string, scripts: readonly string[], words: readonly string[] = []): Promise<string> {
  const recipe = createHash("sha256");
  for (const script of scripts) recipe.update(await readFile(script));
  for (const word of words) recipe.update(word);
  return join(CACHE, `${name}-${recipe.digest("hex").slice(0, 12)}`);
}

async function built(suite: Suite, finished: string, script: string, ...rest: readonly string[]): Promise<string> {
  if (await exists(finished)) return finished;
  await mkdir(CACHE, { recursive: true });
  await removeAbandoned();
  console.error(`Building the root file system of Debian ${suite} ...`);
  const building = join(CACHE, `building-${process.pid}-${await bornAt(process.pid)}-${randomBytes(3).toString("hex")}`);
  try {
    await must([script, suite, building, join(CACHE, "packages"), ...rest], { timeoutMs: LONGEST_BUILD });
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
