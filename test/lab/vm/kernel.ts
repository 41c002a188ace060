import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensurePackages } from "../packages.mjs";
import { must } from "../run.js";

/** Kernels of Debian, each with the release whose root file system goes with it. The newest is the newest that its archives have. */
export const kernels = {
  "5.10": "bullseye",
  "6.1": "bookworm",
  "6.12": "trixie",
  "6.16": "trixie",
  newest: "trixie",
} as const;
export type Series = keyof typeof kernels;

export function seriesOf(name: string): Series {
  const isSeries = (one: string): one is Series => one in kernels;
  if (isSeries(name)) return name;
  throw new Error(`Linux ${name} is not among those of the virtual machines: ${Object.keys(kernels).join(", ")}`);
}

/** Beside the root file systems of booted hosts: it outlives a checkout. */
const cache = "/var/cache/policy-routing-lab";
const recipe = ["kernel.sh", "vmlinux.sh", "initramfs.sh"];
const packages = ["qemu-system-x86", "busybox", "zstd", "xz-utils"];
const longest = 1_200_000;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What virtual machines need of this one. Throws, with a reason, where it cannot be had. */
export async function ensureVm(): Promise<void> {
  if (process.arch !== "x64") throw new Error(`the kernels are for x86-64, this machine is ${process.arch}`);
  await ensurePackages(packages);
}

/** Undefined where virtual machines can be had; else why not. */
export const whyNoVm = (): Promise<string | undefined> =>
  ensureVm().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** The folder of a kernel that boots, made once for every version of the recipe: vmlinux, initrd, modules. */
export async function kernel(series: Series): Promise<string> {
  const hash = createHash("sha256");
  for (const name of recipe) hash.update(await readFile(join(__dirname, name)));
  const finished = join(cache, `linux-${series}-${hash.digest("hex").slice(0, 12)}`);
  if (await exists(finished)) return finished;
  await mkdir(cache, { recursive: true });
  console.error(`Making Linux ${series} of Debian's packages ...`);
  const building = join(cache, `making-${series}-${randomBytes(3).toString("hex")}`);
  try {
    await must([join(__dirname, "kernel.sh"), series, building, cache], { timeoutMs: longest });
    await rename(building, finished).catch(async (error: unknown) => {
      if (!(await exists(finished))) throw error;
    });
    return finished;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
