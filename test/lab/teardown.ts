import { readdir, readFile, rm, stat } from "node:fs/promises";
import { namespaceOf } from "./namespace";
import { controllerLink } from "./network";
import { builderOf, run } from "./run";
import { directoryOf, freeSlot, labName, takenSlots } from "./slots";
import { until } from "./until";

/** Removes everything of a lab by its name alone, so that it also works after the controller was killed, at whatever moment. */
export async function takeDown(name: string): Promise<void> {
  const lab = labName(name);
  await killAll((pid) => isBuilder(pid, lab)); // first, since they make namespaces
  const namespaces = (await readdir("/run/netns").catch(() => [])).filter((name) => name.startsWith(namespaceOf(lab, "")));
  const inodes = new Set(await Promise.all(namespaces.map(async (name) => (await stat(`/run/netns/${name}`)).ino)));
  const slots = (await takenSlots()).filter((slot) => slot.lab === lab);
  await killAll((pid) => isWithin(pid, inodes));
  const lines = [...slots.map(({ slot }) => `link del ${controllerLink(slot)}`), ...namespaces.map((name) => `netns del ${name}`)];
  // A half-made lab lacks some of these, and -force goes on.
  await run(["ip", "-force", "-batch", "-"], { input: `${lines.join("\n")}\n` });
  const directory = directoryOf(lab);
  await until(`${directory} to be unmounted`, async () => {
    if ((await run(["mountpoint", "-q", directory])).code !== 0) return true;
    await run(["umount", directory]);
    return undefined;
  });
  await rm(directory, { recursive: true, force: true });
  await Promise.all(slots.map(freeSlot));
}

/** Ends these processes, each by its id, and returns when none is left. */
async function killAll(isOurs: (pid: number) => Promise<boolean>): Promise<void> {
  await until(
    "the lab's processes to end",
    async () => {
      const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
      const ours = await Promise.all(pids.map(isOurs));
      for (const pid of pids.filter((_, index) => ours[index])) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It ended by itself meanwhile.
        }
      }
      return ours.includes(true) ? undefined : true;
    },
    20_000,
  );
}

async function isBuilder(pid: number, lab: string): Promise<boolean> {
  const environment = (await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).split("\0");
  return Object.entries(builderOf(lab)).every(([name, value]) => environment.includes(`${name}=${value}`));
}

/** Whatever runs in a lab's namespace, sessions and daemons too, is of the lab. */
async function isWithin(pid: number, namespaces: ReadonlySet<number>): Promise<boolean> {
  return namespaces.has((await stat(`/proc/${pid}/ns/net`).catch(() => undefined))?.ino ?? 0);
}
