import { parseArgs } from "node:util";
import { contract } from "./contract/index";
import { type StepName, stepNames } from "./contract/step";
import { record } from "./held";
import type { Profile } from "./profile";
import { profiles } from "./profiles/index";
import { type Report, type Result, runProfile } from "./run";
import { stopAll } from "./start";
import { reportTable } from "./table";

const usage = `usage: npm run test:hosts [-- [--only NAME]... [--contract STEP]... [--list] [--record]]
  --only NAME      profiles whose name has this in it
  --contract STEP  these steps only, between create and destroy
  --list           prints profiles and steps, and runs nothing
  --record         keeps what was seen for docs/hosts.md: \`npm run generate\` writes it there`;

/** So many of the machine's processors are kept busy. */
const room = 2;

/** Profiles side by side, as the machine bears: the weighty ones first, the others beside and behind them. */
async function runAll(
  chosen: readonly Profile[],
  steps: ReadonlySet<StepName>,
  done: (report: Report) => Promise<void>,
): Promise<Report[]> {
  const weightOf = ({ weight = 0.25 }: Profile): number => weight;
  const orderOf = (profile: Profile): number => weightOf(profile) + (profile.slow === true ? room : 0);
  const waiting = chosen.toSorted((a, b) => orderOf(b) - orderOf(a));
  const running = new Set<Promise<void>>();
  const reports: Report[] = [];
  let busy = 0;
  for (;;) {
    const at = waiting.findIndex((profile) => busy === 0 || busy + weightOf(profile) <= room);
    const [profile] = at < 0 ? [] : waiting.splice(at, 1);
    if (profile === undefined) {
      if (running.size === 0) return reports;
      await Promise.race(running);
      continue;
    }
    busy += weightOf(profile);
    const one: Promise<void> = runProfile(profile, steps, (text) => process.stderr.write(`${text}\n`))
      .catch(
        (error: unknown): Report => ({
          profile,
          results: [{ step: "create", sort: "failed", text: `the profile cannot be had: ${String(error)}`, seconds: 0 }],
          seconds: 0,
        }),
      )
      .then(async (report) => {
        reports.push(report);
        await done(report);
        busy -= weightOf(profile);
        running.delete(one);
      });
    running.add(one);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      contract: { type: "string", multiple: true },
      list: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const chosen = profiles.filter(({ name }) => values.only?.some((part) => name.includes(part)) ?? true);
  const asked = values.contract ?? stepNames;
  const steps = new Set<StepName>(["create", ...stepNames.filter((name) => asked.includes(name)), "destroy"]);
  if (chosen.length === 0 || asked.some((name) => !stepNames.some((one) => one === name))) throw new Error(usage);
  if (values.list) {
    for (const { name, why } of chosen) console.log(`${name}: ${why}`);
    for (const { name, promise } of contract) console.log(`${name}: ${promise}`);
    return 0;
  }
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    void stopAll().finally(() => process.exit(130));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  const began = performance.now();
  // What fails because its host is taken away says nothing of it.
  const reports = await runAll(chosen, steps, async (report) => (values.record && !isEnded ? record(report) : undefined));
  const inOrder = chosen.flatMap(({ name }) => reports.filter(({ profile }) => profile.name === name));
  const all = reports.flatMap(({ results }) => results);
  const count = (sort: Result["sort"]): number => all.filter((one) => one.sort === sort).length;
  console.log(reportTable(inOrder));
  console.log(
    `\n${reports.length} profiles in ${((performance.now() - began) / 1000).toFixed(0)} s: ${count("ok")} steps ok, ${count("refused")} refused as told, ${count("failed")} FAILED`,
  );
  return count("failed") === 0 ? 0 : 1;
}

if (require.main === module)
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(2);
    },
  );
