// Which cases there are, and how each round runs them: floor and ours by turns, so that whatever else the machine does falls on both.
import { Contender, type Operation } from "./contender";
import { directTransaction, login } from "./direct";
import type { Fleet } from "./fleet";
import { kernelObjects, resources } from "./objects";
import { rawBatch, rawRule } from "./raw";
import type { Sample } from "./rows";

export type Report = (name: string, hosts: number, objectsPerHost: number, sample: Sample) => void;
export type Wants = (name: string) => boolean;

const suffixes: Readonly<Record<Operation, { floor: string; ours: string }>> = {
  up: { floor: "engine-floor", ours: "granular-up" },
  noop: { floor: "engine-floor-noop", ours: "granular-noop" },
  preview: { floor: "engine-floor-preview", ours: "granular-preview" },
  refresh: { floor: "engine-floor-refresh", ours: "granular-refresh" },
};
const operations = ["up", "noop", "preview", "refresh"] as const;
const unguarded = "granular-up-unguarded";
/** In the order of their runs. */
const onFleet = {
  "raw-openssh": rawBatch("default"),
  "direct-transaction": directTransaction,
  "raw-openssh-curve25519": rawBatch("curve25519"),
} as const;
const withoutEngine = { "raw-ssh-rule": rawRule, login, ...onFleet } as const;

export const caseNames: readonly string[] = [
  ...operations.flatMap((operation) => Object.values(suffixes[operation])),
  unguarded,
  ...Object.keys(withoutEngine),
];

/** Those that run on the larger fleet too. */
export const fleetCases: readonly string[] = Object.keys(onFleet);

/** One round on the engine. */
export async function engineRound(fleet: Fleet, wants: Wants, report: Report): Promise<void> {
  const hosts = fleet.hosts.length;
  const last = operations.findLastIndex((operation) => Object.values(suffixes[operation]).some(wants));
  if (last !== -1) {
    await fleet.clear();
    const floor = await Contender.open(fleet, "engine-floor");
    const ours = await Contender.open(fleet, "granular");
    try {
      for (const operation of operations.slice(0, last + 1)) {
        const names = suffixes[operation];
        // Without `up` there is nothing to look at.
        if (operation !== "up" && !Object.values(names).some(wants)) continue;
        report(names.floor, hosts, resources, await floor.run(operation));
        const sample = await ours.run(operation);
        if (operation === "up") await fleet.mustBeComplete();
        report(names.ours, hosts, resources, operation === "up" ? { ...sample, ...(await ours.sizes()) } : sample);
      }
    } finally {
      await floor.close();
      await ours.close();
    }
  }
  if (!wants(unguarded)) return;
  await fleet.clear();
  const bold = await Contender.open(fleet, "granular", { disabled: true });
  try {
    report(unguarded, hosts, resources, await bold.run("up"));
    await fleet.mustBeComplete();
  } finally {
    await bold.close();
  }
}

/** One round without it. */
export async function plainRound(fleet: Fleet, wants: Wants, report: Report): Promise<void> {
  for (const [name, run] of Object.entries(withoutEngine))
    if (wants(name)) report(name, fleet.hosts.length, name === "raw-ssh-rule" || name === "login" ? 0 : kernelObjects, await run(fleet));
}
