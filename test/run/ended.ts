// Runs one job, and says how it ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./imports";
import type { Job } from "./jobs";
import { tookSinceLastAsked } from "./processor";

export interface Ended {
  readonly job: Job;
  readonly seconds: number;
  /** Seconds of a processor. */
  readonly processor: number;
  readonly passing: number;
  readonly pending: number;
  readonly failing: number;
  /** What the tests said of why they skip. */
  readonly reasons: readonly string[];
  /** Why the job as a whole is no success, beside its failing tests. */
  readonly wrong?: string | undefined;
  readonly output: string;
}

export interface Wishes {
  /** Only tests whose title matches. */
  readonly grep?: string | undefined;
}

const counts = z.object({ passes: z.number(), pending: z.number(), failures: z.number() });
type Counts = z.infer<typeof counts>;

/** mocha has a limit for each test; this one ends a file that does not even come to its tests, or spins. */
const longest = 40 * 60_000;
/** Each file is a process, and most of them load the same. */
const compiled = { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node-compile") };
/** A boot and its waits: test/booted/.mocharc.json. */
const bootedTests = ["--config", "test/booted/.mocharc.json"];

function commandOf({ command, files }: Job, told: string, { grep }: Wishes): readonly [string, ...string[]] {
  if (command !== undefined) return command;
  const reporter = ["--reporter", join(__dirname, "reporter.ts"), "--reporter-option", `output=${told}`];
  const config = files.some((file) => file.startsWith("test/booted/")) ? bootedTests : [];
  return [
    process.execPath,
    join(root, "node_modules/mocha/bin/mocha.js"),
    ...config,
    ...reporter,
    "--no-color",
    ...(grep === undefined ? [] : ["--grep", grep]),
    ...files,
  ];
}

export async function endOf(job: Job, wishes: Wishes = {}): Promise<Ended> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-run-"));
  const told = join(folder, "counts.json");
  const [program, ...args] = commandOf(job, told, wishes);
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...compiled }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const limit = setTimeout(() => child.kill("SIGKILL"), longest);
  const end = (): void => void child.kill();
  process.once("exit", end);
  let processor = 0;
  child.once("exit", () => {
    processor = tookSinceLastAsked();
  });
  await once(child, "close");
  process.off("exit", end);
  clearTimeout(limit);
  const said = await readFile(told, "utf8").then(
    (text) => counts.parse(JSON.parse(text)),
    () => undefined,
  );
  await rm(folder, { recursive: true });
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  const reasons = [...output.matchAll(/^\s*skipped: (.*)$/gm)].map(([, reason = ""]) => reason);
  return {
    job,
    seconds: (performance.now() - began) / 1000,
    processor,
    passing: said?.passes ?? 0,
    pending: said?.pending ?? 0,
    failing: said?.failures ?? 0,
    reasons,
    wrong: wrongOf(job, how, said, reasons, wishes),
    output,
  };
}

function wrongOf(
  { command }: Job,
  how: string,
  said: Counts | undefined,
  reasons: readonly string[],
  { grep }: Wishes,
): string | undefined {
  const failed = how !== "exit code 0";
  if (command !== undefined) return failed ? `ended with ${how}` : undefined;
  if (said === undefined) return `did not run to its end: ${how}`;
  const { passes, pending, failures } = said;
  if (failed && failures === 0) return `ended with ${how}, though no test failed`;
  if (passes + pending + failures === 0 && grep === undefined) return "holds no test";
  return pending > 0 && reasons.length === 0 ? "skips without a reason: print `skipped: REASON`" : undefined;
}
