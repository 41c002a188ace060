// npx tsx test/bench/history.ts [--hosts 20] [--pairs 20]: what the history costs, and what is gained from it, without the engine.
import { parseArgs } from "node:util";
import { readHistory } from "../../provider/src/host/history/read";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { create, type Made, update } from "../host/resource";
import { type Host, startLab } from "../lab/lab";
import { run } from "../lab/run";

const entries = 20;

/** A rule, a table and as many routes: 22 entries. */
const fields = (host: Host, mtu: number) => ({
  connection: host.connection,
  persist: "none",
  tables: { second: { tableId: 100, name: "second" } },
  rules: { out: { priority: 1000, from: "198.51.100.1", table: 100 } },
  routes: Object.fromEntries(
    Array.from({ length: entries }, (_, n) => [`r${n}`, { destination: `203.0.113.${n * 8}/29`, dev: "eth1", table: 100, mtu }]),
  ),
});

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Each pair in turn, the one or the other first. */
async function pairs(count: number, one: () => Promise<number>, other: () => Promise<number>) {
  const seen: { one: number; other: number }[] = [];
  for (let index = 0; index < count; index++) {
    const first = index % 2 === 0 ? await one() : undefined;
    const second = await other();
    seen.push({ one: first ?? (await one()), other: second });
  }
  return { one: median(seen.map((pair) => pair.one)), other: median(seen.map((pair) => pair.other)) };
}

const told = (name: string, bound: number, { one, other }: { one: number; other: number }) => ({
  name,
  milliseconds: Math.round(one),
  beside: Math.round(other),
  ratio: Number((one / other).toFixed(3)),
  bound,
});

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { hosts: { type: "string", default: "20" }, pairs: { type: "string", default: "20" } } });
  const count = Number(values.pairs);
  const lab = await startLab({ name: "bench-history", hosts: Number(values.hosts) });
  try {
    const inRun = (name: string): void => {
      process.env["POLICY_ROUTING_RUN"] = name;
    };
    const onAll = (work: (host: Host, index: number) => Promise<unknown>) => Promise.all(lab.hosts.map(work));
    let made: Made[] = [];
    inRun("first");
    await onAll(async (host, index) => {
      made[index] = await create("HostRouting", fields(host, 1400));
    });
    let round = 0;
    const forward = async (): Promise<number> => {
      closeHosts();
      inRun(`bad-${++round}`);
      return timed(async () => {
        made = await Promise.all(made.map((one, index) => update(one, fields(lab.hosts[index] ?? lab.hosts[0], 1300))));
      });
    };
    const request = { why: "bench", dryRun: false, mark: false, guard: {} };
    const back = async (): Promise<number> => {
      closeHosts();
      const run = `bad-${round}`;
      inRun(`back-${round}`);
      const took = await timed(() => onAll((host) => rollback(host.connection, { ...request, run })));
      made = made.map((one) => ({ ...one, state: { ...one.state, ...fields(lab.hosts[0], 1400), connection: one.state["connection"] } }));
      return took;
    };
    const ways: { one: number; other: number }[] = [];
    for (let index = 0; index < Math.max(Math.ceil(count / 4), 3); index++) {
      const other = await forward();
      ways.push({ one: await back(), other });
    }
    const rolledBack = { one: median(ways.map(({ one }) => one)), other: median(ways.map(({ other }) => other)) };
    const ours = async (): Promise<number> => {
      closeHosts();
      return timed(() => onAll((host) => readHistory(hostOf(host.connection))));
    };
    const raw = (): Promise<number> => timed(() => onAll((host) => run(host.sshCommand(["--", "cat /var/lib/policy-routing/history/*"]))));
    const read = await pairs(Math.max(Math.ceil(count / 4), 3), ours, raw);
    const [kept, none = lab.hosts[0]] = lab.hosts;
    const one = async (host: Host, history: string): Promise<number> => {
      process.env["POLICY_ROUTING_HISTORY"] = history;
      inRun("same"); // one run: none is pruned meanwhile
      const index = host === kept ? 0 : 1;
      const was = made[index];
      if (was === undefined) throw new Error("no such host");
      const mtu = 1200 + (++round % 90);
      return timed(async () => {
        made[index] = await update(was, fields(host, mtu));
      });
    };
    await one(kept, "30");
    await one(none, "0");
    const cost = await pairs(
      count,
      () => one(kept, "30"),
      () => one(none, "0"),
    );
    const rows = [
      told(`history of ${lab.hosts.length} hosts, beside ssh HOST cat`, 1.2, read),
      told(`rollback of ${lab.hosts.length} hosts of 22 entries, beside the change`, 1.2, rolledBack),
      told("a transaction of 22 entries with history, beside one without", 1.03, cost),
    ];
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    process.exitCode = rows.every(({ ratio, bound }) => ratio <= bound) ? 0 : 1;
  } finally {
    closeHosts();
    await lab.stop();
  }
}

void main().then(() => process.exit());
