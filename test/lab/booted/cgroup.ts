import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../until";

/** The group below the root of the second version's hierarchy in which a lab's booted host runs. */
export const cgroupOf = (lab: string): string => `policy-routing-lab-${lab}`;

/** Where this machine shows that hierarchy; undefined where it does not. */
async function hierarchy(): Promise<string | undefined> {
  return /^\S+ (\S+) cgroup2 /m.exec(await readFile("/proc/mounts", "utf8"))?.[1];
}

/** Removes the groups of a lab, whose processes have ended or are about to. */
export async function removeCgroup(lab: string): Promise<void> {
  const root = await hierarchy();
  if (root === undefined) return; // gone with the mount namespace that showed them, or at the next boot
  const group = join(root, cgroupOf(lab));
  await until(`${group} to be removed`, () => removeTree(group), 20_000);
}

async function removeTree(group: string): Promise<true | undefined> {
  const below = (await readdir(group, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory());
  for (const { name } of below) await removeTree(join(group, name));
  return rmdir(group).then(
    () => true,
    (error: unknown) => (error instanceof Error && "code" in error && error.code === "ENOENT" ? true : undefined),
  );
}
