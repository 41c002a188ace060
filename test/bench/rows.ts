// What a run of the bench leaves behind: one row a case, in the form of the --json file.
import { z } from "zod";

export const rowSchema = z.object({
  case: z.string(),
  hosts: z.number(),
  objectsPerHost: z.number(),
  /** The median of the rounds. */
  seconds: z.number(),
  rounds: z.array(z.number()),
  /** SSH logins of one round, at all hosts together. */
  logins: z.number().optional(),
  /** The most memory that the engine, its plugins and the program held together, in MiB. */
  memory: z.number().optional(),
  /** Bytes of the stack's resources in the state, as compact JSON. */
  stateBytes: z.number().optional(),
  /** `seconds` (or what `figure` says) against other cases of this run, and what is asked of it. */
  figures: z.array(z.object({ figure: z.string(), ratio: z.number(), limit: z.number() })).optional(),
  /** Bytes of `__provider`, and of the largest resource in the state, as compact JSON. */
  providerBytes: z.number().optional(),
  entryBytes: z.number().optional(),
});
export type Row = z.infer<typeof rowSchema>;

export const readRows = (text: string): Row[] => z.array(rowSchema).parse(JSON.parse(text));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** What one case cost in one round. */
export interface Sample {
  readonly seconds: number;
  readonly logins?: number;
  readonly memory?: number;
  readonly stateBytes?: number;
  readonly providerBytes?: number;
  readonly entryBytes?: number;
}

export const rounded = (value: number): number => Number(value.toPrecision(4));

/** The worst round speaks for what is counted, the median for what is timed. */
export function rowOf(name: string, hosts: number, objectsPerHost: number, samples: readonly Sample[]): Row {
  const rounds = samples.map(({ seconds }) => rounded(seconds));
  const worst = (key: "logins" | "memory" | "stateBytes" | "providerBytes" | "entryBytes") => {
    const values = samples.flatMap(({ [key]: value }) => (value === undefined ? [] : [value]));
    return values.length === 0 ? {} : { [key]: Math.max(...values) };
  };
  return {
    case: name,
    hosts,
    objectsPerHost,
    seconds: rounded(median(rounds)),
    rounds,
    ...worst("logins"),
    ...worst("memory"),
    ...worst("stateBytes"),
    ...worst("providerBytes"),
    ...worst("entryBytes"),
  };
}
