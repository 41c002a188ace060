// What a run consists of. A job is a process: one for each test file that has hosts, and one for all that need none.
import { alone } from "./alone";
import { testFiles } from "./belongs";
import { reachedBy } from "./imports";

/** How many of a lane run at a time. An engine takes most of a processor; booted hosts wait most of the time. */
export const lanes = { engine: 2, booted: 2 } as const;

export interface Job {
  readonly name: string;
  /** What mocha runs; none where the job is a command. */
  readonly files: readonly string[];
  readonly command?: readonly [string, ...string[]];
  /** Whether it must wait for a Pulumi CLI. */
  readonly needsCli: boolean;
  readonly lane?: keyof typeof lanes | undefined;
  /** Why nothing may run beside it. */
  readonly alone?: string | undefined;
}

/** Without a host, hundreds of tests take less than the start of a process each. */
const together = ["test/unit/", "test/golden/", "test/types/"];
const isBooted = (file: string): boolean => file.startsWith("test/booted/");
/** `npm run check` runs it. */
const checked = "test/docs/pages.test.ts";

export const command = (name: string, ...words: [string, ...string[]]): Job => ({ name, files: [], command: words, needsCli: false });

export function jobsOf(files: readonly string[]): Job[] {
  const small = files.filter((file) => together.some((folder) => file.startsWith(folder)) && alone[file] === undefined);
  const single = files.filter((file) => !small.includes(file));
  return [
    ...(small.length === 0 ? [] : [{ name: small.length === 1 ? (small[0] ?? "") : "what needs no host", files: small, needsCli: false }]),
    ...single.map(jobOf),
  ];
}

function jobOf(file: string): Job {
  const needsCli = reachedBy(file).has("test/engine-cli/ensure.mjs");
  return { name: file, files: [file], needsCli, lane: needsCli ? "engine" : isBooted(file) ? "booted" : undefined, alone: alone[file] };
}

/** Everything, with booted hosts or without. */
export const everything = (booted: boolean): Job[] => [
  command("npm run check", "npm", "run", "--silent", "check"),
  ...jobsOf(testFiles().filter((file) => file !== checked && (booted || !isBooted(file)))),
];
