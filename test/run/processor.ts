// How much of the processors a job took: the kernel adds up what children took that have ended, and theirs, as far as somebody waited for them.
import { readFileSync } from "node:fs";

/** What /proc counts in, on every Linux. */
const ticksPerSecond = 100;
let known = 0;

/** In seconds, since this was asked last: at the end of a child, what that one took. */
export function tookSinceLastAsked(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The name, in brackets, may hold anything; then come the state (field 3) and, as fields 16 and 17, the children's time as users and in the kernel.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const before = known;
  known = (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
  return known - before;
}

/** Of all processors' time since the machine began: what was not idle, and all of it. */
export function machineTime(): { readonly busy: number; readonly all: number } {
  const [total = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  // user nice system idle iowait irq softirq steal; what guests took is in `user` already.
  const ticks = total.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
}
