// What an engine holds in memory: the processes that carry a setting of its own in their environment, which its plugins and the program inherit.
import { readdir, readFile } from "node:fs/promises";

const every = 250;
const textOf = (path: string): Promise<string> => readFile(path, "utf8").catch(() => ""); // It may have ended.

async function heldBy(setting: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const held = await Promise.all(
    pids.map(async (pid) => {
      if (!(await textOf(`/proc/${pid}/environ`)).split("\0").includes(setting)) return 0;
      return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(await textOf(`/proc/${pid}/status`))?.[1] ?? 0);
    }),
  );
  return held.reduce((sum, one) => sum + one, 0) / 1024;
}

/** The most MiB that were seen while it ran; `setting` is `NAME=VALUE`. */
export async function memoryDuring(setting: string, work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  let seen = Promise.resolve();
  const look = async (): Promise<void> => {
    most = Math.max(most, await heldBy(setting));
  };
  const timer = setInterval(() => {
    seen = seen.then(look);
  }, every);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await seen;
  }
  return Math.round(most);
}
