import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../lab/until";
import { freeRule } from "./draw/free";
import { type Case, type Fault, randomPoint } from "./faults/fault";
import { outcomeOf } from "./judge";
import { describe, type Report, runSteps, type Step, stepsOf } from "./steps";

/** Steps that were asked for while a fault struck, and what was told. */
export interface Struck {
  readonly steps: readonly Step[];
  readonly reports: readonly Report[];
  /** Whether the transaction came to the point at which the fault strikes. */
  readonly isStruck: boolean;
  /** performance.now() when the fault was healed. */
  readonly healedAt: number;
}

/** Until a transaction comes to a point, on a busy machine. */
const patience = 20_000;
/** Longer than any report may take: a frame's time, then the guard, then the coming back. */
const reportTime = 150_000;

/** Asks for everything that is declared and not yet there, and lets the fault strike meanwhile. */
export async function strike(one: Case, fault: Fault): Promise<Struck> {
  const { site, story, failings, terms } = one;
  const { hooks, stacks } = site;
  const steps = [...stacks.flatMap((stack) => stepsOf(site, stack, terms)), ...site.asked.splice(0)];
  const point = fault.places === undefined ? undefined : randomPoint(site, fault.places, steps.length);
  story.push(`at ${point === undefined ? "the beginning" : `${point.place} ${point.number}`}`, ...steps.map(describe));
  await one.stack.controller.start();
  one.damage.early = point?.place === "observe" || steps.length > 1;
  if (point !== undefined) await hooks.set(point, fault.mode?.(site) ?? "hold");
  const running = runAll(steps);
  const isStruck = point === undefined || (await comesTo(one, running));
  const others = fault.second === true ? otherSteps(one) : [];
  const all = Promise.all([running, runAll(others)]).then((reports) => reports.flat());
  if (isStruck) await suffer(one, fault, all);
  await hooks.release();
  const healedAt = performance.now();
  story.push(isStruck ? "struck" : "the point was not reached");
  const reports = await inTime(all);
  if (reports === undefined) {
    failings.push({ kind: "misreported", text: `no report within ${reportTime / 1000} s` });
    for (const { controller } of stacks) controller.signal("SIGKILL");
  }
  story.push(...(reports ?? []).map(told), `the controller's log: ${one.stack.controller.takeLog().trim()}`);
  return { steps: [...steps, ...others], reports: reports ?? [], isStruck, healedAt };
}

/** Whether the transaction comes to the point that was set: there may be nothing to do. */
async function comesTo({ site: { hooks }, story }: Case, running: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void running.finally(() => {
    isSettled = true;
  });
  const look = async (): Promise<true | undefined> => (hooks.isReached || isSettled ? true : undefined);
  await until("the point", look, patience).catch(() => story.push("waited for the point in vain"));
  return hooks.isReached;
}

/** It strikes, lasts, and is healed. */
async function suffer(one: Case, fault: Fault, all: Promise<unknown>): Promise<void> {
  const { hooks } = one.site;
  if (fault.first !== true) await fault.strike(one);
  if (fault.holds !== true && fault.mode === undefined) await hooks.release();
  const lasts = fault.lasts(one);
  await (lasts === "until told" ? inTime(all) : sleep(lasts));
  await hooks.release();
  await fault
    .heal(one)
    .catch((error: unknown) => one.failings.push({ kind: "wrong", text: `what the fault did is not there any more: ${String(error)}` }));
}

const inTime = <T>(all: Promise<T>): Promise<T | undefined> => Promise.race([all, sleep(reportTime, undefined, { ref: false })]);

/** The stacks side by side, each by its own controller. */
async function runAll(steps: readonly Step[]): Promise<Report[]> {
  const stacks = [...new Set(steps.map(({ stack }) => stack))];
  return (
    await Promise.all(
      stacks.map((stack) =>
        runSteps(
          stack,
          steps.filter((step) => step.stack === stack),
        ),
      ),
    )
  ).flat();
}

/** The other stack changes something at the same moment. */
function otherSteps({ site, stack, terms, story }: Case): Step[] {
  const other = stack === site.first ? site.second : site.first;
  const rule = freeRule(site, other);
  if (rule !== undefined) other.declare(rule, { sort: "single" });
  const steps = stepsOf(site, other, terms);
  story.push(...steps.map((step) => `beside it: ${describe(step)}`));
  return steps;
}

const told = ({ step, answered }: Report): string =>
  answered === undefined
    ? `${step.name}: not asked for`
    : `${step.name}: ${outcomeOf(answered)}${messageIn(answered.reply?.failed?.message)}`;
const messageIn = (message: string | undefined): string => (message === undefined ? "" : `: ${message}`);
