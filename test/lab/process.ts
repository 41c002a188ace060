import { readFile } from "node:fs/promises";

/** When a process was started, which tells it from a later one with its id; undefined if it is no more. A zombie is no more. */
export async function bornAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name, in brackets, may hold anything; then come the state (field 3) and, as field 22, the start.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat === "" || fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}
