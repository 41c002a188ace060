import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../lab/until";
import type { Answered } from "./controller";
import { takeOver } from "./engine";
import type { Case, Damage, Fault } from "./faults/fault";
import { randomPoint } from "./faults/fault";
import { type Failing, judge, type Outcome, outcomeOf } from "./judge";
import { secondStep, undoSecond } from "./second";
import type { Site } from "./site";
import { randomSteps, type Step, type Terms } from "./steps";
import { type Standing, standingOf, viewOf } from "./view";

export interface Report {
  readonly fault: string;
  readonly outcomes: readonly Outcome[];
  readonly failings: readonly Failing[];
  /** Everything a person needs to understand a failure. */
  readonly story: readonly string[];
  readonly seconds: number;
}

const guardSeconds = 3;
/** Until a transaction comes to a point, on a busy machine. */
const patience = 20_000;
/** Longer than any report may take: a frame's time, then the guard, then the coming back. */
const reportTime = 150_000;
/** Beyond the guard's deadline: five seconds for whoever still changes something, and the undo. */
const settleTime = 20_000;

/** One random change, one fault, one verdict. */
export async function iterate(site: Site, fault: Fault): Promise<Report> {
  const began = performance.now();
  const { host, hooks, controller } = site;
  const terms: Terms = { seconds: guardSeconds, cuts: fault.cuts === true };
  const damage: Damage = {};
  const one: Case = { site, terms, damage };
  const steps = randomSteps(site, terms, fault.extra?.(site) ?? []);
  const others =
    fault.second === true
      ? [secondStep(site, terms), secondStep(site, terms)].filter(
          (step, index, all) => index === 0 || step.wanted?.key !== all[0]?.wanted?.key,
        )
      : [];
  const point = fault.places === undefined ? undefined : randomPoint(site, fault.places, steps.length);
  const before = await viewOf(host);
  const story = [`at ${point === undefined ? "the beginning" : `${point.place} ${point.number}`}`, ...steps.map(describe)];
  await controller.start();
  if (others.length > 0) await site.second.start();
  controller.takeLog();

  if (point !== undefined) await hooks.set(point, fault.refusal === undefined ? "hold" : `refuse ${fault.refusal(site)}`);
  let isSettled = false;
  const running = controller.run(steps.map(({ call }) => call)).finally(() => {
    isSettled = true;
  });
  let runningSecond: Promise<Answered[]> = Promise.resolve([]);
  if (point !== undefined)
    await until("the point", async () => (hooks.isReached || isSettled ? true : undefined), patience).catch(() =>
      story.push("the point was not reached in time"),
    );
  story.push(point === undefined ? "struck" : hooks.isReached ? "struck at the point" : "the point was not reached");
  if (others.length > 0) runningSecond = site.second.run(others.map(({ call }) => call));
  await fault.strike(one);
  if (fault.holds !== true) await hooks.release();
  await sleep(fault.lasts(one));
  await hooks.release();
  const failings: Failing[] = [];
  await fault
    .heal(one)
    .catch((error: unknown) => failings.push({ kind: "wrong", text: `what the fault did is not there any more: ${String(error)}` }));
  const healedAt = performance.now();

  const all = await Promise.race([Promise.all([running, runningSecond]), sleep(reportTime, undefined, { ref: false })]);
  const answers = all?.flat() ?? [];
  if (all === undefined) {
    failings.push({ kind: "misreported", text: `no report within ${reportTime / 1000} s` });
    controller.signal("SIGKILL");
    site.second.signal("SIGKILL");
  }
  story.push(
    ...answers.map(
      (answered) => `reported ${outcomeOf(answered)}${answered.reply?.failed === undefined ? "" : `: ${answered.reply.failed.message}`}`,
    ),
  );
  story.push(`the controller's log: ${controller.takeLog().trim()}`);

  const isBack = async (): Promise<true | undefined> =>
    (await host.ssh("true", "root", { timeoutMs: 10_000 })).code === 0 ? true : undefined;
  await until("the host", isBack, 30_000).catch(() => failings.push({ kind: "lost", text: "the host cannot be reached by ssh" }));
  const standing =
    damage.unguarded === true
      ? undefined
      : await settled(
          site,
          answers.every(({ reply }) => reply !== undefined),
        ).catch((error: unknown) => void failings.push({ kind: "wrong", text: String(error) }));
  const everything = [...steps, ...others];
  const known = await takeOver(site, everything, answers, damage, failings);
  const after = await viewOf(host);
  failings.push(
    ...judge({ before, after, steps: everything, answers, damage, healedAt }),
    ...registerProblems(site, known ?? standing, after),
  );
  await undoSecond(site, others, answers, failings);
  if (failings.length > 0)
    story.push(
      `on the host: ${(known ?? standing)?.text ?? ""}`,
      ...[...after]
        .filter(([key]) => everything.some((step) => step.after.has(key)))
        .map(([key, entries]) => `now ${key}: ${entries.join("; ")}`),
    );
  return { fault: fault.name, outcomes: answers.map(outcomeOf), failings, story, seconds: (performance.now() - began) / 1000 };
}

/** Waits until no guard is armed or at work, and the lock is free. A controller that was killed leaves its lease to run out. */
async function settled({ host }: Site, isReported: boolean): Promise<Standing> {
  let last: Standing | undefined;
  return until(
    "guards to end",
    async () => {
      last = await standingOf(host);
      return last.open.length === 0 && (!isReported || last.lock === "") ? last : undefined;
    },
    settleTime,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last?.open.join(" ")} ${last?.text ?? ""}`);
  });
}

/** The register names the owner of everything that is ours, and of nothing else. */
function registerProblems(site: Site, standing: Standing | undefined, after: ReadonlyMap<string, readonly string[]>): Failing[] {
  if (standing === undefined) return [];
  const problems: string[] = [];
  const ours = new Set([...after].filter(([, entries]) => entries.some((entry) => entry.startsWith("proto 214: "))).map(([key]) => key));
  for (const key of ours) {
    const id = standing.register.get(key);
    const held = site.held.get(key);
    if (id === undefined) problems.push(`${key} is ours, and the register does not name it`);
    else if (held !== undefined && held.id !== id) problems.push(`${key} is ${held.id}'s, and the register says ${id}'s`);
  }
  for (const [key, id] of standing.register)
    if (!ours.has(key) && !site.stale.has(key)) problems.push(`the register says that ${key} is ${id}'s, and it is not there`);
  return problems.map((text) => ({ kind: "wrong", text }));
}

function describe({ call, after, wanted }: Step): string {
  return `${call.method} ${wanted === undefined ? [...after.keys()].join(" ") : `${[...after.keys()].join(" to ")} ${JSON.stringify(wanted.fields)}`}`;
}
