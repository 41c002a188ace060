// npm run bench -- [--json FILE] [--hosts 20] [--fleet 100] [--rounds 3] [--only CASE,...]
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { caseNames, engineRound, fleetCases, plainRound, type Report } from "./cases";
import { withFigures } from "./figures";
import { Fleet } from "./fleet";
import { lookupCases, lookupRound } from "./lookup";
import { rowOf, type Sample } from "./rows";
import { sizesOf, tableOf } from "./table";

const names = [...caseNames, ...lookupCases];
const usage = `usage: npm run bench -- [--json FILE] [--hosts 20] [--fleet 100] [--rounds 3] [--only CASE,...]
  --hosts   hosts of the cases on the engine
  --fleet   hosts of the transactions driven directly, and of their peers
  --only    of ${names.join(", ")}`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: "string" },
      hosts: { type: "string", default: "20" },
      fleet: { type: "string", default: "100" },
      rounds: { type: "string", default: "3" },
      only: { type: "string", default: names.join(",") },
    },
  });
  const positive = (text: string): number => {
    if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`"${text}" is not a number of 1 or more\n${usage}`);
    return Number(text);
  };
  const only = values.only.split(",");
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(", ")}\n${usage}`);
  return { json: values.json, hosts: positive(values.hosts), fleet: positive(values.fleet), rounds: positive(values.rounds), only };
}

async function main(): Promise<void> {
  const { json, hosts, fleet, rounds, only } = readOptions();
  const wants = (name: string): boolean => only.includes(name);
  const samples = new Map<string, { name: string; hosts: number; objectsPerHost: number; samples: Sample[] }>();
  const report: Report = (name, hostCount, objectsPerHost, sample) => {
    const key = `${name} of ${hostCount}`;
    const known = samples.get(key) ?? { name, hosts: hostCount, objectsPerHost, samples: [] };
    known.samples.push(sample);
    samples.set(key, known);
    console.error(`${key}: ${sample.seconds.toFixed(3)} s${sample.logins === undefined ? "" : `, ${sample.logins} logins`}`);
  };
  for (let round = 1; round <= rounds; round++) lookupRound(wants, report);
  if (caseNames.some(wants)) await onLab({ hosts, fleet, rounds, wants, report });
  const rows = withFigures([...samples.values()].map((one) => rowOf(one.name, one.hosts, one.objectsPerHost, one.samples)));
  console.log([tableOf(rows), sizesOf(rows)].join("\n\n").trimEnd());
  if (json !== undefined) await writeFile(json, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
}

interface Rounds {
  readonly hosts: number;
  readonly fleet: number;
  readonly rounds: number;
  readonly wants: (name: string) => boolean;
  readonly report: Report;
}

async function onLab({ hosts, fleet, rounds, wants, report }: Rounds): Promise<void> {
  const wantsOnFleet = (name: string): boolean => wants(name) && fleetCases.includes(name);
  const lab = await Fleet.start(caseNames.some(wantsOnFleet) ? Math.max(hosts, fleet) : hosts);
  try {
    for (let round = 1; round <= rounds; round++) {
      console.error(`round ${round} of ${rounds}`);
      await engineRound(lab.first(hosts), wants, report);
      await plainRound(lab.first(hosts), wants, report);
      if (fleet !== hosts) await plainRound(lab.first(fleet), wantsOnFleet, report);
    }
  } finally {
    await lab.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
