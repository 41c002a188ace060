// Lets one process at a time get the CLI: test runs start side by side, and each would build for five minutes.
import { mkdirSync, rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tell } from "./progress.mjs";

const millisecondsBetweenLooks = 500;
const millisecondsBetweenTouches = 2_000;
const millisecondsUntilStale = 20_000;

/**
 * The lock is a file that its owner keeps touching. A file left by a dead owner grows old and is removed; a pid in it would prove
 * nothing, as pids repeat in containers. Two waiters that remove an old file in the same instant may both go on: that costs double
 * work and no harm, since the CLI arrives by rename.
 */
export async function oneAtATime(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let looks = 0; !take(file); looks += 1) {
    if (looks === 0) tell("Another process is getting the Pulumi CLI; waiting for it.");
    if (ageOf(file) > millisecondsUntilStale) rmSync(file, { force: true });
    else await sleep(millisecondsBetweenLooks);
  }
  const touching = setInterval(() => touch(file), millisecondsBetweenTouches);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function touch(file) {
  const now = new Date();
  utimes(file, now, now, () => {}); // gone, if someone took us for dead: nothing to keep then
}

function ageOf(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? Date.now() - found.mtimeMs : 0;
}
