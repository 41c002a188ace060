// Some jobs at a time, the longest first; those that nothing may run beside, at the end.
import type { Ended } from "./ended";
import type { Job } from "./jobs";

export interface Pool {
  readonly workers: number;
  readonly secondsOf: (job: Job) => number;
  readonly run: (job: Job) => Promise<Ended>;
  /** Resolves when there is a Pulumi CLI: to why there is none, where it could not be had. */
  readonly cli: Promise<string | undefined>;
}

export async function runAll(jobs: readonly Job[], { workers, secondsOf, run, cli }: Pool): Promise<Ended[]> {
  const ended: Ended[] = [];
  let without: string | undefined;
  let hasCli = false;
  const known = cli.then((why) => {
    hasCli = true;
    without = why;
  });

  const byLength = (some: readonly Job[]): Job[] => [...some].sort((a, b) => rank(b) - rank(a));
  // A command is what a person waits for first: it says that the code is well-formed.
  const rank = (job: Job): number => (job.command === undefined ? secondsOf(job) : Number.POSITIVE_INFINITY);

  const work = async (queue: Job[]): Promise<void> => {
    for (;;) {
      const index = queue.findIndex((job) => hasCli || !job.needsCli);
      const [job] = index === -1 ? [] : queue.splice(index, 1);
      if (job === undefined) {
        if (queue.length === 0) return;
        await known;
        continue;
      }
      ended.push(job.needsCli && without !== undefined ? notRun(job, without) : await run(job));
    }
  };
  const beside = byLength(jobs.filter((job) => job.alone === undefined));
  await Promise.all(Array.from({ length: workers }, () => work(beside)));
  await work(byLength(jobs.filter((job) => job.alone !== undefined)));
  return ended;
}

const notRun = (job: Job, why: string): Ended => ({
  job,
  seconds: 0,
  passing: 0,
  pending: 0,
  failing: 0,
  reasons: [],
  wrong: `did not run: there is no Pulumi CLI: ${why}`,
  output: "",
});
