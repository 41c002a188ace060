import { randomBytes } from "node:crypto";
import { access, rename, rm } from "node:fs/promises";
import { must } from "../run.js";

const longest = 300_000;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A root file system as a disk, made once. Shared as files, each program that starts would ask this machine for every file that it opens. */
export async function disk(root: string): Promise<string> {
  const finished = `${root}.ext4`;
  if (await exists(finished)) return finished;
  const building = `${finished}.${randomBytes(3).toString("hex")}`;
  try {
    const shown = await must(["du", "-sm", root], { timeoutMs: longest });
    const megabytes = Math.ceil(Number.parseInt(shown, 10) * 1.3) + 64;
    await must(["/sbin/mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", root, building, `${megabytes}M`], {
      timeoutMs: longest,
    });
    await rename(building, finished);
    return finished;
  } finally {
    await rm(building, { force: true });
  }
}
