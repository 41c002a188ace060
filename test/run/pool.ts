// Some jobs at a time, the longest first; those that nothing may run beside, at the end.
import type { Ended } from "./ended";
import { type Job, lanes } from "./jobs";

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

  const running = new Map<Job, Promise<void>>();
  const isFree = ({ lane }: Job): boolean =>
    lane === undefined || [...running.keys()].filter((other) => other.lane === lane).length < lanes[lane];
  // A command is what a person waits for first: it says that the code is well-formed. A lane is as long as all that is left of it.
  const weightOf = (job: Job, queue: readonly Job[]): number => {
    if (job.command !== undefined) return Number.POSITIVE_INFINITY;
    const left = job.lane === undefined ? [job] : queue.filter(({ lane }) => lane === job.lane);
    return left.reduce((sum, one) => sum + secondsOf(one), 0) / (job.lane === undefined ? 1 : lanes[job.lane]);
  };
  const heaviest = (queue: readonly Job[]): Job | undefined =>
    queue
      .filter((job) => (hasCli || !job.needsCli) && isFree(job))
      .toSorted((a, b) => weightOf(b, queue) - weightOf(a, queue) || secondsOf(b) - secondsOf(a))[0];

  const work = async (queue: Job[]): Promise<void> => {
    while (queue.length > 0) {
      const job = heaviest(queue);
      if (job === undefined) {
        await Promise.race([...running.values(), ...(hasCli ? [] : [known])]);
        continue;
      }
      queue.splice(queue.indexOf(job), 1);
      const end = (job.needsCli && without !== undefined ? Promise.resolve(notRun(job, without)) : run(job)).then((one) => {
        ended.push(one);
        running.delete(job);
      });
      running.set(job, end);
      await end;
    }
  };
  const beside = jobs.filter((job) => job.alone === undefined);
  await Promise.all(Array.from({ length: workers }, () => work(beside)));
  await work(jobs.filter((job) => job.alone !== undefined));
  return ended;
}

const notRun = (job: Job, why: string): Ended => ({
  job,
  seconds: 0,
  processor: 0,
  passing: 0,
  pending: 0,
  failing: 0,
  reasons: [],
  wrong: `did not run: there is no Pulumi CLI: ${why}`,
  output: "",
});
