import { parseArgs } from "node:util";
import { suiteOf } from "../booted/suites";
import { kernels, seriesOf, whyNoVm } from "../lab/vm/kernel";
import { type Judged, judge } from "./judge";
import { bootMachine, type Machine, releases, thisOne } from "./machines";
import { record } from "./seen";
import { judgedTable } from "./table";
import { type Tried, tryAll } from "./tried";

const usage = `usage: npm run test:kernels -- [--only KERNEL]... [--objects N] [--flows N] [--vrf-flows N] [--seed S] [--record [--release SUITE]...]
  --only KERNEL  ${Object.keys(kernels).join(", ")} of Debian's in virtual machines, or "here": this machine's; without it all but 6.16
  --record       also tries each value of each attribute with the iproute2 of Debian ${releases.join(", ")}, and keeps what
                 was seen for docs/reference/compatibility.md: \`npm run generate\` writes it there`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: ["5.10", "6.1", "6.12", "newest", "here"] },
    objects: { type: "string", default: "600" },
    flows: { type: "string", default: "5000" },
    "vrf-flows": { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
    release: { type: "string", multiple: true, default: [...releases] },
  },
});

/** So many machines at a time: emulated ones take a processor each. */
const atOnce = 2;

const amounts = {
  objects: Number(values.objects),
  flows: Number(values.flows),
  vrfFlows: Number(values["vrf-flows"]),
  seed: Number(values.seed),
};

const running = new Set<Machine>();

async function see(name: string): Promise<Judged> {
  const say = (text: string): boolean => process.stderr.write(`${name}: ${text}\n`);
  const machine: Machine = await (name === "here" ? thisOne() : bootMachine(seriesOf(name)));
  running.add(machine);
  try {
    say(`Linux ${machine.place.kernel}, iproute2 ${machine.place.iproute2}`);
    const judged = await judge(amounts, machine.lives, { place: machine.place, say });
    for (const what of judged.wrong) console.log(`Linux ${judged.kernel}: ${what}`);
    const tried: Tried[] = [];
    for (const suite of values.record ? values.release.map(suiteOf) : []) {
      say(`each attribute with the ip of ${suite}`);
      tried.push(await tryAll(await machine.rootOf(suite), machine.place));
    }
    // As each ends: a run that is ended has kept what it saw.
    if (values.record) record(judged, tried);
    return judged;
  } finally {
    await machine.stop();
    running.delete(machine);
  }
}

async function main(): Promise<number> {
  if (Object.values(amounts).some((amount) => !Number.isInteger(amount) || amount < 0)) throw new Error(usage);
  for (const name of values.only) if (name !== "here") seriesOf(name);
  const began = performance.now();
  const why = values.only.some((name) => name !== "here") ? await whyNoVm() : undefined;
  const chosen = values.only.filter((name) => name === "here" || why === undefined);
  if (why !== undefined) console.log(`skipped, only this machine's kernel can be looked at: ${why}`);
  const queue = [...chosen];
  const seen = new Map<string, Judged>();
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift())
      try {
        seen.set(name, await see(name));
      } catch (error) {
        failed.push(`${name}: ${error instanceof Error ? error.stack : error}`);
      }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const all = chosen.flatMap((name) => seen.get(name) ?? []);
  for (const text of failed) console.log(text);
  console.log(judgedTable(all));
  console.log(`${all.length} kernels in ${Math.round((performance.now() - began) / 1000)} s, seed ${amounts.seed}`);
  return failed.length === 0 && all.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void Promise.allSettled([...running].map((machine) => machine.stop())).finally(() => process.exit(130)));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
