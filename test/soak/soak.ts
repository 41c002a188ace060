import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Host, startLab } from "../lab/lab";
import type { Fault } from "./faults/fault";
import { faults } from "./faults/index";
import { iterate } from "./iteration";
import { Random } from "./random";
import { Site } from "./site";
import { Tally } from "./tally";

const usage = "usage: npm run soak -- --faults N --seed S --json FILE [--hosts 8] [--only NAME,...] [--lab NAME] [--verbose]";

export interface Options {
  readonly faults: number;
  readonly seed: number;
  readonly hosts: number;
  /** Parts of names of faults. */
  readonly only?: readonly string[];
  readonly lab?: string;
  readonly say?: (text: string) => void;
  readonly verbose?: boolean;
}

/** Every fault once, in random order, then again. */
function* endless(random: Random, all: readonly Fault[]): Generator<Fault, never> {
  const usual = all.filter(({ rare }) => rare !== true);
  for (;;) {
    if (usual.length > 0) yield* random.shuffle(usual);
    yield* random.shuffle(all);
  }
}

/** Hosts side by side, each with its share of the faults. */
export async function soak({
  faults: count,
  seed,
  hosts,
  only,
  lab: name = "soak",
  say = () => {},
  verbose = false,
}: Options): Promise<Tally> {
  const chosen = faults.filter((fault) => only === undefined || only.some((part) => fault.name.includes(part)));
  if (chosen.length === 0) throw new Error(`no fault is called ${only?.join(" or ")}: ${faults.map((fault) => fault.name).join(", ")}`);
  const tally = new Tally(
    seed,
    chosen.map((fault) => fault.name),
  );
  const lab = await startLab({ name, hosts });
  const work = async (host: Host, index: number): Promise<void> => {
    const random = new Random(seed * 1000 + index);
    const byRelay = index % 2 === 1 || hosts === 1;
    const site = await Site.open(host, random, byRelay);
    const order = endless(
      random,
      chosen.filter((fault) => fault.byRelay !== true || byRelay),
    );
    for (let done = index; done < count; done += hosts) {
      const { value: fault } = order.next();
      const report = await iterate(site, fault);
      tally.add(index + 1, report);
      const failed = report.failings.map(({ kind, text }) => `  ${kind}: ${text}`);
      if (report.failings.some(({ kind }) => kind === "lost")) await site.rescue();
      say(
        [
          `${tally.faults}/${count} host ${index + 1} ${report.seconds.toFixed(1)} s ${fault.name}: ${report.outcomes.join(" ")}`,
          ...failed,
          ...(verbose || failed.length > 0 ? report.story.map((line) => `    ${line}`) : []),
        ].join("\n"),
      );
    }
    await site.close();
  };
  try {
    await Promise.all(lab.hosts.map(work));
  } finally {
    tally.end();
    await lab.stop();
  }
  return tally;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      hosts: { type: "string", default: "8" },
      json: { type: "string" },
      only: { type: "string" },
      lab: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const { json, only, lab, verbose } = values;
  const [count, seed, hosts] = [values.faults, values.seed, values.hosts].map(Number);
  if (!count || seed === undefined || Number.isNaN(seed) || !hosts) throw new Error(usage);
  const tally = await soak({
    faults: count,
    seed,
    hosts,
    verbose,
    say: (text) => process.stderr.write(`${text}\n`),
    ...(only === undefined ? {} : { only: only.split(",") }),
    ...(lab === undefined ? {} : { lab }),
  });
  const text = `${JSON.stringify(tally.result(), undefined, 2)}\n`;
  if (json !== undefined) await writeFile(json, text);
  process.stdout.write(text);
  process.exit(tally.isClean ? 0 : 1);
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  });
