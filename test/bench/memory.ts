// What an engine holds in memory: the processes that carry a setting of its own in their environment, which its plugins and the program inherit.
import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

const every = 250;
const textOf = (path: string): Promise<string> => readFile(path, "utf8").catch(() => ""); // It may have ended.
const processes = async (): Promise<string[]> => (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));

/** Those of `strangers` are not read again: a thousand hosts run thousands of processes, and the look must not cost what is measured. */
async function heldBy(setting: string, strangers: Set<string>): Promise<number> {
  let held = 0;
  for (const pid of await processes()) {
    if (strangers.has(pid)) continue;
    const environment = await textOf(`/proc/${pid}/environ`);
    if (environment.split("\0").includes(setting))
      held += Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(await textOf(`/proc/${pid}/status`))?.[1] ?? 0);
    else if (environment !== "") strangers.add(pid);
  }
  return held / 1024;
}

/** The most MiB that were seen while it ran; `setting` is `NAME=VALUE`. */
export async function memoryDuring(setting: string, work: () => Promise<unknown>): Promise<number> {
  const strangers = new Set(await processes());
  const ended = new AbortController();
  const looking = (async () => {
    for (let most = 0; ; ) {
      most = Math.max(most, await heldBy(setting, strangers));
      if (!(await setTimeout(every, true, { signal: ended.signal }).catch(() => false))) return most;
    }
  })();
  try {
    await work();
  } finally {
    ended.abort();
  }
  return Math.round(await looking);
}
