import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Judged } from "./judge";
import type { Tried } from "./tried";

const file = join(__dirname, "seen.json");
const count = z.number();
const judgedSchema = z.object({
  kernel: z.string(),
  iproute2: z.string(),
  objects: count,
  mismatches: count,
  flows: count,
  differences: count,
  vrfFlows: count,
  vrfDifferences: count,
  untold: count,
  lives: z.tuple([count, count]).readonly(),
});
/** Trials by what was said of them: those that were made under "". */
const triedSchema = z.object({ kernel: z.string(), iproute2: z.string(), said: z.record(z.string(), z.array(z.string())) });
const schema = z.object({ judged: z.array(judgedSchema), tried: z.array(triedSchema) });
export type JudgedOnce = z.infer<typeof judgedSchema>;

export interface Seen {
  readonly judged: readonly JudgedOnce[];
  readonly tried: readonly Tried[];
}

const read = (): z.infer<typeof schema> =>
  existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : { judged: [], tried: [] };

/** What the last recorded runs saw of each kernel. */
export function readSeen(): Seen {
  const { judged, tried } = read();
  return {
    judged,
    tried: tried.map(({ said, ...versions }) => ({
      ...versions,
      said: Object.fromEntries(Object.entries(said).flatMap(([why, names]) => names.map((name) => [name, why]))),
    })),
  };
}

/** `6.1` of `6.1.0-57-amd64`: a later package of a series takes the place of an earlier one. */
export const seriesIn = (kernel: string): string => /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
const numbers = (version: string): number => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 1000 + minor;
};

/** Keeps what was seen, in the place of what was seen earlier of the same kernel. */
export function record(judged: Judged, tried: readonly Tried[]): void {
  const before = read();
  const isOld = ({ kernel }: { kernel: string }): boolean => seriesIn(judged.kernel) !== seriesIn(kernel);
  const ofOne = ({ said, ...versions }: Tried): z.infer<typeof triedSchema> => {
    const names = new Map<string, string[]>();
    for (const [name, why] of Object.entries(said)) names.set(why, [...(names.get(why) ?? []), name]);
    return { ...versions, said: Object.fromEntries(names) };
  };
  const byKernel = (a: { kernel: string }, b: { kernel: string }): number => numbers(seriesIn(a.kernel)) - numbers(seriesIn(b.kernel));
  const all: z.infer<typeof schema> = {
    judged: [...before.judged.filter(isOld), judgedSchema.parse(judged)].sort(byKernel),
    tried: [...before.tried.filter(isOld), ...tried.map(ofOne)].sort(byKernel),
  };
  writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`);
}
