import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { deal } from "./deal";
import { faults } from "./faults/index";
import { finish } from "./finish";
import { iterate, type Verdict } from "./iteration";
import { openPark } from "./park";
import { Random } from "./random";
import type { Site } from "./site";
import { subjects } from "./subjects/index";
import { Tally } from "./tally";

const usage =
  "usage: npm run soak -- --faults N --seed S --json FILE [--hosts 8] [--booted 2] [--only NAME,...] [--subject NAME,...] [--lab NAME] [--verbose]";

export interface Options {
  readonly faults: number;
  readonly seed: number;
  readonly hosts: number;
  /** How many of the hosts are booted systems. */
  readonly booted?: number;
  /** Parts of names of faults, and of changes. */
  readonly only?: readonly string[] | undefined;
  readonly subject?: readonly string[] | undefined;
  readonly lab?: string | undefined;
  readonly say?: (text: string) => void;
  readonly verbose?: boolean;
}

function chosen<One extends { readonly name: string }>(all: readonly One[], parts: readonly string[] | undefined): One[] {
  const found = all.filter(({ name }) => parts === undefined || parts.some((part) => name.includes(part)));
  if (found.length === 0) throw new Error(`nothing is called ${parts?.join(" or ")}: ${all.map(({ name }) => name).join(", ")}`);
  return found;
}

/** Hosts side by side, each with its hand of faults and changes. */
export async function soak({
  faults: count,
  seed,
  hosts,
  booted = 0,
  only,
  subject,
  lab = "soak",
  say = () => {},
  verbose = false,
}: Options): Promise<Tally> {
  const kinds = { faults: chosen(faults, only), subjects: chosen(subjects, subject) };
  const park = await openPark({ name: lab, seed, hosts, booted });
  try {
    if (park.whyNotBooted !== undefined) say(`no booted hosts: ${park.whyNotBooted}`);
    const { hands, impossible } = deal(
      new Random(seed),
      count,
      park.sites.map(({ traits }) => traits),
      kinds.faults,
      kinds.subjects,
    );
    const tally = new Tally({
      seed,
      hosts: park.sites.map(({ host, traits }) => `${host.name}: ${[...traits].join(", ")}`),
      faults: kinds.faults.map(({ name }) => name),
      subjects: kinds.subjects.map(({ name }) => name),
      impossible,
      whyNotBooted: park.whyNotBooted,
    });
    const work = async (site: Site, index: number): Promise<void> => {
      for (const { fault, subject: change } of hands[index] ?? []) {
        const verdict = await iterate(site, fault, change).catch((error: unknown) => broken(fault.name, change.name, error));
        const number = tally.add(index + 1, verdict);
        if (verdict.failings.length > 0) await site.rescue();
        say([`${number}/${count} host ${index + 1} ${lineOf(verdict)}`, ...detailsOf(verdict, verbose)].join("\n"));
      }
      const failings = await finish(site);
      tally.fail(index + 1, { fault: "the end", failings });
      say([`host ${index + 1} is done`, ...detailsOf({ failings, story: [] }, false)].join("\n"));
    };
    await Promise.all(park.sites.map(work));
    tally.end();
    return tally;
  } finally {
    await park.stop();
  }
}

/** What the soak itself did not bear is not to be overlooked either. */
const broken = (fault: string, subject: string, error: unknown): Verdict => ({
  fault,
  subject,
  isStruck: false,
  outcomes: [],
  failings: [{ kind: "wrong", text: `the soak itself: ${error instanceof Error ? error.stack : String(error)}` }],
  story: [],
  seconds: 0,
});

const lineOf = ({ seconds, fault, subject, isStruck, outcomes }: Verdict): string =>
  `${seconds.toFixed(1)} s ${fault}, ${subject}${isStruck ? "" : " (never came to it)"}: ${outcomes.join(" ")}`;

const detailsOf = ({ failings, story }: Pick<Verdict, "failings" | "story">, verbose: boolean): string[] => [
  ...failings.map(({ kind, text }) => `  ${kind}: ${text}`),
  ...(verbose || failings.length > 0 ? story.map((line) => `    ${line}`) : []),
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      hosts: { type: "string", default: "8" },
      booted: { type: "string", default: "2" },
      json: { type: "string" },
      only: { type: "string" },
      subject: { type: "string" },
      lab: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const { json, only, subject, lab, verbose } = values;
  const [count, seed, hosts, booted] = [values.faults, values.seed, values.hosts, values.booted].map(Number);
  if (!count || seed === undefined || Number.isNaN(seed) || !hosts || booted === undefined || !(booted >= 0 && booted <= hosts))
    throw new Error(usage);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const tally = await soak({ faults: count, seed, hosts, booted, verbose, say, only: only?.split(","), subject: subject?.split(","), lab });
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
