// npm run bench -- [--json FILE] [--hosts 20] [--fleet 100] [--sizes HOSTSxOBJECTS,...] [--peers] [--rounds 3] [--only CASE,...]
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { caseNames, engineRound, fleetCases, plainRound, type Report, wholeHostCases, wholeHostRound } from "./cases";
import { doorCases, doorsRound } from "./doors";
import { withFigures } from "./figures";
import { Fleet } from "./fleet";
import { historyCases, historyRound } from "./history";
import { importCase, importRound } from "./import";
import { lookupCases, lookupRound } from "./lookup";
import { usual } from "./objects";
import { ensurePeers, peerNames, runPeer } from "./peers";
import { rowOf, type Sample } from "./rows";
import { sizesOf, tableOf } from "./table";

const names = [...caseNames, ...doorCases, importCase, ...historyCases, ...lookupCases, ...peerNames];
const usage = `usage: npm run bench -- [--json FILE] [--hosts 20] [--fleet 100] [--sizes HOSTSxOBJECTS,...] [--peers] [--rounds 3] [--only CASE,...]
  --hosts   hosts of the granular cases on the engine, and of the history
  --sizes   hosts and objects a host of the host-routing cases, their floor, raw OpenSSH and the peers
  --peers   also pyinfra and Ansible, from PyPI, and @pulumi/command where its plugin is installed; of the sizes with 22 objects and up to 20 hosts
  --fleet   hosts of the transactions driven directly, and of their peers
  --only    of ${names.join(", ")}`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: "string" },
      hosts: { type: "string", default: "20" },
      fleet: { type: "string", default: "100" },
      sizes: { type: "string", default: "1x22,20x22,100x22,200x22,20x200" },
      peers: { type: "boolean", default: false },
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
  const sizes = values.sizes.split(",").map((size) => {
    const [hosts = "", objects = ""] = size.split("x");
    return { hosts: positive(hosts), objects: positive(objects) };
  });
  const { json, peers } = values;
  return { json, hosts: positive(values.hosts), fleet: positive(values.fleet), rounds: positive(values.rounds), sizes, peers, only };
}

/** What the figures of whole hosts are measured by, and what is about whole hosts without the engine. */
const besideWholeHosts: readonly string[] = ["raw-openssh", "raw-ssh-rule", "report-live", "report-stored"];
/** A task per object takes minutes. */
const mostHostsOfPeers = 20;

const keyOf = (name: string, hosts: number, objects: number): string => `${name} of ${hosts} x ${objects}`;

async function main(): Promise<void> {
  const { json, hosts, fleet, rounds, sizes, peers, only } = readOptions();
  const wants = (name: string): boolean => only.includes(name);
  const samples = new Map<string, { name: string; hosts: number; objectsPerHost: number; samples: Sample[] }>();
  const report: Report = (name, hostCount, objectsPerHost, sample) => {
    const key = keyOf(name, hostCount, objectsPerHost);
    const known = samples.get(key) ?? { name, hosts: hostCount, objectsPerHost, samples: [] };
    known.samples.push(sample);
    samples.set(key, known);
    console.error(`${key}: ${sample.seconds.toFixed(3)} s${sample.logins === undefined ? "" : `, ${sample.logins} logins`}`);
  };
  for (let round = 1; round <= rounds; round++) lookupRound(wants, report);
  if ([...caseNames, ...doorCases, importCase, ...historyCases, ...peerNames].some(wants))
    await onLab({ hosts, fleet, rounds, sizes, peers, wants, report });
  const rows = withFigures([...samples.values()].map((one) => rowOf(one.name, one.hosts, one.objectsPerHost, one.samples)));
  console.log([tableOf(rows), sizesOf(rows)].join("\n\n").trimEnd());
  if (json !== undefined) await writeFile(json, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
}

interface Rounds {
  readonly hosts: number;
  readonly fleet: number;
  readonly rounds: number;
  readonly sizes: readonly { readonly hosts: number; readonly objects: number }[];
  readonly peers: boolean;
  readonly wants: (name: string) => boolean;
  readonly report: Report;
}

async function onLab({ hosts, fleet, rounds, sizes, peers, wants, report }: Rounds): Promise<void> {
  const wantsOnFleet = (name: string): boolean => wants(name) && fleetCases.includes(name);
  const wantsWhole = wholeHostCases.some(wants) || peers;
  if (peers) await ensurePeers();
  const largest = Math.max(
    hosts,
    ...(caseNames.some(wantsOnFleet) || doorCases.some(wants) ? [fleet] : []),
    ...(wantsWhole ? sizes.map((size) => size.hosts) : []),
  );
  const lab = await Fleet.start(largest);
  try {
    for (let round = 1; round <= rounds; round++) {
      console.error(`round ${round} of ${rounds}`);
      await engineRound(lab.first(hosts), wants, report);
      await historyRound(lab.first(hosts), wants, report);
      await doorsRound(lab.first(hosts), "granular", wants, report);
      await doorsRound(lab.first(fleet), "host-routing", wants, report);
      await importRound(lab.first(1), wants, report);
      await plainRound(lab.first(hosts), usual, wants, report);
      if (fleet !== hosts) await plainRound(lab.first(fleet), usual, wantsOnFleet, report);
      for (const size of wantsWhole ? sizes : []) {
        const some = lab.first(size.hosts);
        await wholeHostRound(some, size.objects, wants, report);
        await plainRound(some, size.objects, (name) => wants(name) && besideWholeHosts.includes(name), report);
        if (!peers || size.objects !== usual || size.hosts > mostHostsOfPeers) continue;
        for (const peer of peerNames) {
          const sample = wants(peer) ? await runPeer(peer, some, size.objects) : undefined;
          if (sample !== undefined) report(peer, size.hosts, size.objects, sample);
        }
      }
    }
  } finally {
    await lab.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
