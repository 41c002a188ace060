// Which cases there are, and how each round runs them: floor and ours by turns, so that whatever else the machine does falls on both.
import { Contender, type Operation } from "./contender";
import { directTransaction, login } from "./direct";
import type { Fleet } from "./fleet";
import { resourcesOf, usual } from "./objects";
import { rawBatch, rawRule } from "./raw";
import { report as reportOn } from "./report";
import type { Sample } from "./rows";

export type Report = (name: string, hosts: number, objectsPerHost: number, sample: Sample) => void;
export type Wants = (name: string) => boolean;

const granular: Readonly<Partial<Record<Operation, { floor: string; ours: string }>>> = {
  up: { floor: "engine-floor", ours: "granular-up" },
  noop: { floor: "engine-floor-noop", ours: "granular-noop" },
  preview: { floor: "engine-floor-preview", ours: "granular-preview" },
  refresh: { floor: "engine-floor-refresh", ours: "granular-refresh" },
};
const wholeHosts: Readonly<Record<Operation, { floor: string; ours: string }>> = {
  up: { floor: "engine-floor", ours: "host-routing-up" },
  noop: { floor: "engine-floor-noop", ours: "host-routing-noop" },
  preview: { floor: "engine-floor-preview", ours: "host-routing-preview" },
  refresh: { floor: "engine-floor-refresh", ours: "host-routing-refresh" },
  destroy: { floor: "engine-floor-destroy", ours: "host-routing-destroy" },
};
/** The same floor with the inputs of whole hosts, of which engine and SDK handle each value. */
const carrying: Readonly<Partial<Record<Operation, string>>> = {
  up: "engine-floor-inputs",
  noop: "engine-floor-inputs-noop",
  preview: "engine-floor-inputs-preview",
};
const changeOne = "host-routing-change-one";
const operations = ["up", "noop", "preview", "refresh", "destroy"] as const;
const unguarded = "granular-up-unguarded";
/** In the order of their runs. */
const onFleet = {
  "raw-openssh": rawBatch("default"),
  "direct-transaction": directTransaction,
  "raw-openssh-curve25519": rawBatch("curve25519"),
} as const;
const withoutEngine = {
  "raw-ssh-rule": rawRule,
  "report-live": reportOn("--live"),
  "report-stored": reportOn(),
  login,
  ...onFleet,
} as const;

/** Cases with nothing on the hosts. */
const withoutObjects: readonly string[] = ["raw-ssh-rule", "login"];

export const wholeHostCases: readonly string[] = [...Object.values(wholeHosts).map(({ ours }) => ours), changeOne];
export const caseNames: readonly string[] = [
  ...new Set([
    ...Object.values(granular).flatMap((names) => Object.values(names)),
    ...Object.values(wholeHosts).flatMap((names) => Object.values(names)),
    ...Object.values(carrying),
    changeOne,
    unguarded,
    ...Object.keys(withoutEngine),
  ]),
];

/** Those that run on the larger fleet too. */
export const fleetCases: readonly string[] = Object.keys(onFleet);

/** One round of granular resources on the engine. */
export async function engineRound(fleet: Fleet, wants: Wants, report: Report): Promise<void> {
  const hosts = fleet.hosts.length;
  const resources = resourcesOf(usual);
  const wanted = (operation: Operation): boolean => granular[operation] !== undefined && wants(granular[operation].ours);
  const last = operations.findLastIndex(wanted);
  if (last !== -1) {
    await fleet.clear();
    const floor = await Contender.open(fleet, "engine-floor", usual, resources);
    const ours = await Contender.open(fleet, "granular", usual, resources);
    try {
      for (const operation of operations.slice(0, last + 1)) {
        const names = granular[operation];
        // Without `up` there is nothing to look at.
        if (names === undefined || (operation !== "up" && !wanted(operation))) continue;
        report(names.floor, hosts, resources, await floor.run(operation));
        const sample = await ours.run(operation);
        if (operation === "up") await fleet.mustBeComplete(usual);
        report(names.ours, hosts, resources, operation === "up" ? { ...sample, ...(await ours.sizes()) } : sample);
      }
    } finally {
      await floor.close();
      await ours.close();
    }
  }
  if (!wants(unguarded)) return;
  await fleet.clear();
  const bold = await Contender.open(fleet, "granular", usual, resources, { guard: { disabled: true } });
  try {
    report(unguarded, hosts, resources, await bold.run("up"));
    await fleet.mustBeComplete(usual);
  } finally {
    await bold.close();
  }
}

/** One round of one resource a host on the engine; the floor is one no-op resource a host, without inputs and with them. */
export async function wholeHostRound(fleet: Fleet, objects: number, wants: Wants, report: Report): Promise<void> {
  if (!wholeHostCases.some(wants)) return;
  const hosts = fleet.hosts.length;
  await fleet.clear();
  const floor = await Contender.open(fleet, "engine-floor", objects, 1);
  const heavy = await Contender.open(fleet, "engine-floor", objects, 1, { carries: true });
  const ours = await Contender.open(fleet, "host-routing", objects, 1);
  const wantsHeavy = Object.values(carrying).some(wants);
  try {
    for (const operation of operations) {
      const names = wholeHosts[operation];
      if (operation === "destroy" && wants(changeOne)) {
        await ours.changeOne();
        report(changeOne, hosts, objects, await ours.run("up"));
        await fleet.mustBeComplete(objects);
      }
      if (operation !== "up" && !wants(names.ours)) continue;
      report(names.floor, hosts, 1, await floor.run(operation));
      const sample = await ours.run(operation);
      if (operation === "up") await fleet.mustBeComplete(objects);
      const withInputs = carrying[operation];
      if (withInputs !== undefined && (operation === "up" ? wantsHeavy : wants(withInputs)))
        report(withInputs, hosts, objects, await heavy.run(operation));
      report(names.ours, hosts, objects, operation === "up" ? { ...sample, ...(await ours.sizes()) } : sample);
    }
  } finally {
    await floor.close();
    await heavy.close();
    await ours.close();
  }
}

/** One round without it. */
export async function plainRound(fleet: Fleet, objects: number, wants: Wants, report: Report): Promise<void> {
  for (const [name, run] of Object.entries(withoutEngine))
    if (wants(name)) report(name, fleet.hosts.length, withoutObjects.includes(name) ? 0 : objects, await run(fleet, objects));
}
