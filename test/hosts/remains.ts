import { readdir, readFile, readlink } from "node:fs/promises";
import type { Subject } from "./subject";

/** What the product keeps on a machine beside the entries. */
export interface Remains {
  /** Owner of each key, by the registers. */
  readonly register: ReadonlyMap<string, string>;
  /** Guards that are armed or at work, locks that are held, processes of a guard: none of them between two changes. */
  readonly busy: readonly string[];
  /** Everything that runs there for the product: a session's shell and the replay's monitor may, while there is something to do. */
  readonly processes: readonly string[];
}

export async function remainsOf(subject: Subject): Promise<Remains> {
  const run = await subject.host.file("/run/policy-routing");
  const folders = [run, ...(await namesIn(run)).filter((name) => name.startsWith("net-")).map((name) => `${run}/${name}`)];
  const found = await Promise.all(folders.map(async (folder) => ({ names: await namesIn(folder), folder })));
  const register = new Map<string, string>();
  const busy: string[] = [];
  for (const { folder, names } of found) {
    for (const line of (await textOf(`${folder}/register`)).split("\n").filter((one) => one !== "")) {
      const [key = "", id] = line.split("\t");
      if (id === undefined) register.delete(key);
      else register.set(key, id);
    }
    for (const name of names.filter((one) => /^[tr]-/.test(one)))
      for (const state of await namesIn(`${folder}/${name}`)) if (/^(armed|unguarded|firing)/.test(state)) busy.push(`${name}/${state}`);
    const newest = Math.max(0, ...names.flatMap((name) => (/^lock\.[0-9]+$/.test(name) ? [Number(name.slice(5))] : [])));
    const lock = newest === 0 ? "" : await textOf(`${folder}/lock.${newest}`);
    if (lock !== "") busy.push(`lock.${newest}: ${lock.replaceAll("\n", " ")}`);
  }
  const processes = await processesOf(subject);
  return {
    register,
    busy: [...busy, ...processes.filter((line) => /\/run\/policy-routing\S*\/guard/.test(line))],
    processes: processes.filter((line) => /policy-routing|read -r mark length|^ip .*\bmonitor\b/.test(line)),
  };
}

/** Command lines of the processes on the machine, which has process ids of its own. */
async function processesOf(subject: Subject): Promise<string[]> {
  const ids = await readlink(`/proc/${await subject.host.pid()}/ns/pid`);
  const all = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const lines = await Promise.all(
    all.map(async (pid) =>
      (await readlink(`/proc/${pid}/ns/pid`).catch(() => "")) === ids ? (await textOf(`/proc/${pid}/cmdline`)).replaceAll("\0", " ") : "",
    ),
  );
  return lines.filter((line) => line !== "");
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const textOf = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
