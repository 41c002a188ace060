// How long each job took when it was last recorded (`npm test -- --record`): the longest go first, so that none is left alone at the end.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./imports";
import type { Job } from "./jobs";

const file = join(__dirname, "durations.json");
/** Seconds of a job that was never recorded. */
const unknown = 30;

const recorded = z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(file, "utf8")));

export const secondsOf = ({ name }: Job): number => recorded[name] ?? unknown;

/** Keeps what was not run this time, and forgets files that are gone. */
export function record(seconds: Readonly<Record<string, number>>): void {
  const all = Object.entries({ ...recorded, ...seconds }).filter(([name]) => !name.startsWith("test/") || existsSync(join(root, name)));
  const rounded = all.map(([name, value]) => [name, Math.ceil(value)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), undefined, 2)}\n`);
}
