// What a run prints: a line when a job has ended, and at the end what failed, what was skipped, and where the time went.
import type { Ended } from "./ended";

export const isWell = ({ failing, wrong }: Ended): boolean => failing === 0 && wrong === undefined;

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function lineOf(ended: Ended, at: number): string {
  const { job, seconds, passing, pending, failing, wrong } = ended;
  const counts = [
    ...(passing > 0 ? [`${passing} passing`] : []),
    ...(pending > 0 ? [`${pending} pending`] : []),
    ...(failing > 0 ? [`${failing} FAILING`] : []),
    ...(wrong === undefined ? [] : [wrong]),
    `${seconds.toFixed(0)} s`,
  ];
  return `${clock(at)} ${isWell(ended) ? "✔" : "✘"} ${job.name}: ${counts.join(", ")}`;
}

/** The end of what mocha prints: each failing test with its error. All of it, where there is no such end. */
export function failuresOf({ output }: Ended): string {
  const at = output.search(/^ {2}\d+ failing$/m);
  return (at === -1 ? output : output.slice(at)).trimEnd();
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** How long a run took, by how many workers, and which share of the machine's processors was busy meanwhile, by whatever ran. */
export interface Whole {
  readonly seconds: number;
  readonly workers: number;
  readonly busy: number;
}

export function summary(all: readonly Ended[], { seconds, workers, busy }: Whole): string {
  const total = (of: (one: Ended) => number): number => sum(all.map(of));
  const bad = all.filter((one) => !isWell(one));
  return [
    ...bad.flatMap((one) => ["", `✘ ${one.job.name}${one.wrong === undefined ? "" : `: ${one.wrong}`}`, failuresOf(one)]),
    ...all.flatMap(({ job, reasons }) => reasons.map((reason) => `skipped in ${job.name}: ${reason}`)),
    "",
    "Where the time went, and how much of a processor's:",
    ...timesOf(all),
    `  ${clock(total((one) => one.seconds))} of work, ${clock(total((one) => one.processor))} of a processor, in ${clock(seconds)} by ${workers} workers; the machine was busy for ${Math.round(busy * 100)} %`,
    "",
    `${total((one) => one.passing)} passing, ${total((one) => one.pending)} pending, ${total((one) => one.failing)} failing in ${clock(seconds)}`,
    ...(bad.length === 0 ? [] : [`${bad.length} of ${all.length} jobs are no success: ${bad.map(({ job }) => job.name).join(", ")}`]),
  ].join("\n");
}

/** By folder, and the ten longest. */
function timesOf(all: readonly Ended[]): string[] {
  const folderOf = ({ job }: Ended): string => (job.files.length === 0 ? job.name : (/^test\/[^/]+/.exec(job.name)?.[0] ?? job.name));
  const folders = [...Map.groupBy(all, folderOf)].map(([name, some]) => ({
    name,
    seconds: sum(some.map((one) => one.seconds)),
    processor: sum(some.map((one) => one.processor)),
  }));
  const longest = all.map(({ job, seconds, processor }) => ({ name: job.name, seconds, processor }));
  const column = (seconds: number): string => clock(seconds).padStart(6);
  const rows = (some: typeof longest): string[] =>
    some
      .toSorted((a, b) => b.seconds - a.seconds)
      .map(({ name, seconds, processor }) => `  ${column(seconds)}  ${column(processor)} ${name}`);
  return [...rows(folders), "the longest:", ...rows(longest).slice(0, 10)];
}
