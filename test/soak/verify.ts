import type { Case, Fault } from "./faults/fault";
import { type Failing, judge } from "./judge";
import { refresh } from "./refresh";
import type { Stack } from "./stack";
import { type Standing, standingOf } from "./standing";
import type { Report } from "./steps";
import type { Struck } from "./struck";
import { at, type View } from "./view";

/** The host as it was before anything was asked for. */
export interface Before {
  readonly view: View;
  /** Transactions that were undone ever. */
  readonly undone: number;
}

/** Refreshes, and judges what was told: by the change, by the reading, and to whoever comes next. */
export async function verify(one: Case, fault: Fault, before: Before, { reports, healedAt, isStruck }: Struck): Promise<Failing[]> {
  const { site, damage, story } = one;
  const failings: Failing[] = [];
  const { untold } = await standingOf(site.host);
  const look = async (): Promise<readonly [View, Standing]> => [await site.view(), await standingOf(site.host)];
  // What a process did itself it need not hear: the next one must be told.
  if (untold.length > 0) await one.stack.controller.stop();
  // The engine has a process for each run: who did nothing in this one remembers no reading of an earlier one.
  const isIdle = (stack: Stack): boolean => !reports.some(({ step }) => step.stack === stack);
  await Promise.all(site.stacks.filter(isIdle).map(({ controller }) => controller.stop()));
  const touched = new Set(reports.map(({ step }) => step.stack).concat(one.stack));
  for (const stack of site.stacks.filter((each) => touched.has(each) || each.state.size > 0)) {
    failings.push(...(await refresh(site, stack, look)));
    const log = stack.controller.takeLog().trim();
    if (log !== "") story.push(`the refresh says: ${log}`);
    if (stack === one.stack && untold.length > 0 && !/undo/.test(log))
      failings.push({ kind: "misreported", text: `nobody is told that ${untold.join(" ")} was undone` });
  }
  const [after, standing] = await look();
  if (damage.gone !== undefined || fault.jams === true)
    for (const slot of standing.register.keys()) if (at(after, slot).length === 0) site.stale.add(slot);
  const undone = damage.rebooted !== undefined ? 0 : standing.undone - before.undone;
  const absent = (slot: string): readonly string[] => site.absent(slot);
  failings.push(...judge({ fault, before: before.view, after, reports, damage, absent, healedAt, isStruck, undone }));
  if (failings.length > 0) story.push(`on the host: ${standing.text}`, ...reports.flatMap((report) => standsAt(report, after)));
  return failings;
}

const standsAt = ({ step }: Report, after: View): string[] =>
  [...step.after.keys()].slice(0, 8).map((slot) => `now ${slot}: ${at(after, slot).join("; ") || "nothing"}`);
