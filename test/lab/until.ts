import { setTimeout as sleep } from "node:timers/promises";

/** Polls a condition until it yields something: every wait of the lab ends as soon as it can, and ends. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 30_000, everyMs = 5): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await sleep(everyMs);
  }
}
