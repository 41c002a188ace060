// `npm test`: all tests by four workers, or those that belong to the paths that are named.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { testsOf } from "./belongs";
import { record, secondsOf } from "./durations";
import { endOf } from "./ended";
import { root } from "./imports";
import { everything, type Job, jobsOf } from "./jobs";
import { runAll } from "./pool";
import { machineTime } from "./processor";
import { quick } from "./quick";
import { failuresOf, isWell, lineOf, summary } from "./report";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Also the hosts that systemd boots. */
    booted: { type: "boolean", default: false },
    grep: { type: "string", short: "g" },
    /** Only what is looked at between two edits. */
    quick: { type: "boolean", default: false },
    /** Keeps how long each job took, for the order of later runs. */
    record: { type: "boolean", default: false },
    /** Prints every test, not only those that failed. */
    verbose: { type: "boolean", default: false },
    workers: { type: "string", default: "4" },
  },
});

function chosen(): Job[] {
  if (values.quick) return quick();
  if (positionals.length > 0) return jobsOf([...new Set(positionals.flatMap(testsOf))].sort());
  return everything(values.booted);
}

/** It is fetched or built beside the tests that need none: why there is none, if there is none. */
const withoutCli = (): Promise<string | undefined> =>
  promisify(execFile)(process.execPath, [join(root, "test/setup.mjs"), "cli"], { cwd: root }).then(
    () => undefined,
    (error: Error) => error.message,
  );

async function main(): Promise<void> {
  const began = performance.now();
  const before = machineTime();
  const seconds = (): number => (performance.now() - began) / 1000;
  const jobs = chosen();
  const cli = jobs.some((job) => job.needsCli) ? withoutCli() : Promise.resolve(undefined);
  const ended = await runAll(jobs, {
    workers: Number(values.workers),
    secondsOf,
    cli,
    run: async (job) => {
      const one = await endOf(job, values);
      console.log(lineOf(one, seconds()));
      if (values.verbose) console.log(one.output);
      else if (!isWell(one)) console.log(failuresOf(one));
      return one;
    },
  });
  const now = machineTime();
  const busy = (now.busy - before.busy) / (now.all - before.all);
  console.log(summary(ended, { seconds: seconds(), workers: Number(values.workers), busy }));
  if (values.record) record(Object.fromEntries(ended.filter(isWell).map(({ job, seconds: took }) => [job.name, took])));
  const tests = ended.reduce((total, { passing, failing }) => total + passing + failing, 0);
  if (tests === 0) console.log("No test was run.");
  process.exitCode = ended.every(isWell) && tests > 0 ? 0 : 1;
}

// An end by `exit` ends those that were started, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
