import { setImmediate } from "node:timers/promises";
import type { Pieces } from "../../kernel/observed/pieces";

/** Milliseconds of work before others have their turn: other hosts' answers, their timers, the engine. */
const longest = 20;

export async function paced<Result>(work: Pieces<Result>): Promise<Result> {
  for (let began = performance.now(); ; ) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - began < longest) continue;
    await setImmediate();
    began = performance.now();
  }
}
