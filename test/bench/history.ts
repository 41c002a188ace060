// What the history of a host costs, and what is gained from it, without the engine.
import { readHistory } from "../../provider/src/host/history/read";
import { rollback } from "../../provider/src/host/history/rollback";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { create, type Made, remove, update } from "../host/resource";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import type { Report, Wants } from "./cases";
import type { Fleet } from "./fleet";
import { tableId, usual } from "./objects";

/** Each of ours and what runs by turns with it. */
const besides = {
  "history-read": "ssh-cat-history",
  rollback: "change-rolled-back",
  "transaction-recorded": "transaction-unrecorded",
} as const;
export const historyCases: readonly string[] = Object.entries(besides).flat();

/** How often in a round; a bound of three hundredths wants more. */
const often = 5;
const oftenOfOne = 20;

interface Subject {
  readonly host: Host;
  readonly made: Made;
}

/** A rule, a table's name and routes. */
const fields = (host: Host, mtu: number) => ({
  connection: host.connection,
  persist: "none",
  tables: { second: { tableId, name: "second" } },
  rules: { out: { priority: 1000, from: "198.51.100.1", table: tableId } },
  routes: Object.fromEntries(
    Array.from({ length: usual - 2 }, (_, n) => [`r${n}`, { destination: `203.0.113.${n * 8}/29`, dev: "eth1", table: tableId, mtu }]),
  ),
});

/** At all at once, each with a login of its own. */
async function secondsAt<One>(all: readonly One[], work: (one: One) => Promise<unknown>): Promise<number> {
  closeHosts();
  const began = performance.now();
  await Promise.all(all.map(work));
  return (performance.now() - began) / 1000;
}

function inRun(name: string): void {
  process.env["POLICY_ROUTING_RUN"] = name;
}

export async function historyRound(fleet: Fleet, wants: Wants, report: Report): Promise<void> {
  if (!historyCases.some(wants)) return;
  const tell: Tell = (name, count, seconds) => {
    if (wants(name)) report(name, count, usual, { seconds });
  };
  const { hosts } = fleet;
  await fleet.clear();
  await Promise.all(hosts.map((host) => host.exec("rm -rf /var/lib/policy-routing")));
  inRun("first");
  const all = await Promise.all(hosts.map(async (host) => ({ host, made: await create("HostRouting", fields(host, 1400)) })));
  try {
    await thereAndBack(all, tell);
    await readings(all, tell);
    await recordings(all, tell);
  } finally {
    delete process.env["POLICY_ROUTING_HISTORY"];
    await Promise.all(all.map(({ made }) => remove(made)));
    delete process.env["POLICY_ROUTING_RUN"];
    closeHosts();
  }
}

type Tell = (name: string, hosts: number, seconds: number) => void;

/** One after the other: so there is something to take back, and a history to read. */
async function thereAndBack(all: readonly Subject[], tell: Tell): Promise<void> {
  for (let round = 1; round <= often; round++) {
    inRun(`bad-${round}`);
    tell(besides.rollback, all.length, await secondsAt(all, ({ host, made }) => update(made, fields(host, 1300))));
    const wish = { run: `bad-${round}`, why: "bench", dryRun: false, mark: false, guard: {} };
    inRun(`back-${round}`);
    tell("rollback", all.length, await secondsAt(all, ({ host }) => rollback(host.connection, wish)));
  }
}

/** As `history` reads it, beside one `ssh HOST cat` each, with the same key exchange. */
async function readings(all: readonly Subject[], tell: Tell): Promise<void> {
  const ours = async (): Promise<void> =>
    tell("history-read", all.length, await secondsAt(all, ({ host }) => readHistory(hostOf(host.connection))));
  const cat = ({ host }: Subject): Promise<unknown> => run(host.sshCommand(["--", "cat /var/lib/policy-routing/history/*"]));
  const beside = async (): Promise<void> => tell(besides["history-read"], all.length, await secondsAt(all, cat));
  await alternated(often, ours, beside);
}

/** One host with a history, and one without, that are changed over and over in new runs: the oldest ones go. */
async function recordings([kept, none = kept]: readonly Subject[], tell: Tell): Promise<void> {
  if (kept === undefined || none === undefined) return;
  let round = 0;
  const change = async ({ host, made }: Subject, history: string): Promise<number> => {
    process.env["POLICY_ROUTING_HISTORY"] = history;
    inRun(`change-${++round}`);
    const began = performance.now();
    await update(made, fields(host, 1200 + (round % 90)));
    return (performance.now() - began) / 1000;
  };
  for (let first = 0; first < 30; first++) await change(kept, "30");
  await change(none, "0");
  await alternated(
    oftenOfOne,
    async () => tell("transaction-recorded", 1, await change(kept, "30")),
    async () => tell(besides["transaction-recorded"], 1, await change(none, "0")),
  );
}

/** The one or the other first. */
async function alternated(count: number, one: () => Promise<void>, other: () => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) for (const next of index % 2 === 0 ? [one, other] : [other, one]) await next();
}
