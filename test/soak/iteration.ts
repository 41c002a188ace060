import { until } from "../lab/until";
import { differencesFromDeclared } from "./exact";
import type { Case, Fault } from "./faults/fault";
import { guardSeconds } from "./guardSeconds";
import { type Failing, type Outcome, outcomeOf } from "./judge";
import { nextRun } from "./nextRun";
import { settled } from "./settled";
import type { Site } from "./site";
import { standingOf } from "./standing";
import { keep, type Report } from "./steps";
import { strike } from "./struck";
import { removeGuests } from "./subjects/guests";
import type { Subject } from "./subjects/subject";
import { verify } from "./verify";

export interface Verdict {
  readonly fault: string;
  readonly subject: string;
  /** Whether the transaction came to the point at which the fault strikes. */
  readonly isStruck: boolean;
  readonly outcomes: readonly Outcome[];
  readonly failings: readonly Failing[];
  readonly story: readonly string[];
  readonly seconds: number;
}

const mostTold = 6;

/** One change and one fault; then the next run, after which all must be exactly as declared. */
export async function iterate(site: Site, fault: Fault, subject: Subject): Promise<Verdict> {
  const began = performance.now();
  const { cuts, probes, seconds = fault.bears === true ? guardSeconds.unhindered : guardSeconds.usual } = fault;
  const terms = { seconds, ...(cuts === undefined ? {} : { cuts }), ...(probes === undefined ? {} : { probes }) };
  const stack = subject.by === "second" ? site.second : site.first;
  const one: Case = { site, stack, terms, damage: {}, failings: [], story: [] };
  const { failings, story } = one;
  const wrong = (text: string): void => void failings.push({ kind: "wrong", text });
  const giveBack = subject.spare === true ? await site.spare.take() : undefined;
  site.usesSpare = subject.spare === true;
  site.dial = fault.dial;
  try {
    // What is to be taken back is made and confirmed before.
    const isMadeBefore = subject.group === "back";
    if (fault.first === true && !isMadeBefore) await fault.strike(one);
    await subject.change(site);
    if (fault.first === true && isMadeBefore) await fault.strike(one);
    const extra = (fault.extra?.(site, stack) ?? []).map((declaration) => stack.declare(declaration, { sort: "extra" }));
    const before = { view: await site.view(), undone: (await standingOf(site.host)).undone };
    for (const { controller } of site.stacks) controller.takeLog();
    const struck = await strike(one, fault);
    for (const report of struck.reports) keep(report);
    const outcomes = struck.reports.flatMap(({ answered }) => (answered === undefined ? [] : [outcomeOf(answered)]));
    await reachable(site).catch(() => failings.push({ kind: "lost", text: "the host cannot be reached by ssh" }));
    await settled(one, fault, !outcomes.includes("unreported")).catch((error: unknown) => wrong(String(error)));
    failings.push(...(await verify(one, fault, before, struck)));
    site.dial = undefined;
    if (site.random.chance(0.5)) for (const report of struck.reports) takeBack(report);
    for (const { name } of extra) stack.program.delete(name);
    for (const { step } of struck.reports) for (const back of step.again ?? []) step.stack.program.set(back.name, back);
    for (const text of await nextRun(site, story)) wrong(text);
    await comeHome(one);
    await removeGuests(site);
    const left = await differencesFromDeclared(site);
    for (const text of left.slice(0, mostTold)) wrong(`after the next run ${text}`);
    if (left.length > mostTold) wrong(`and ${left.length - mostTold} more`);
    const took = (performance.now() - began) / 1000;
    return { fault: fault.name, subject: subject.name, isStruck: struck.isStruck, outcomes, failings, story, seconds: took };
  } finally {
    if (site.usesSpare && failings.length > 0) await site.spare.host.reboot();
    site.usesSpare = false;
    site.dial = undefined;
    giveBack?.();
  }
}

const reachable = (site: Site): Promise<true> =>
  until("the host", async () => ((await site.host.ssh("true", "root", { timeoutMs: 10_000 })).code === 0 ? true : undefined), 30_000);

/** What was refused or undone may be given up; a move to another host is not, since half of it may be done. */
function takeBack({ step: { stack, name, wanted }, answered }: Report): void {
  const outcome = answered === undefined ? undefined : outcomeOf(answered);
  if (wanted?.door !== "spare" && (outcome === undefined || outcome === "reverted" || outcome === "unchanged")) stack.takeBack(name);
}

/** The spare host is as it was when others come. */
async function comeHome({ site, failings, story }: Case): Promise<void> {
  if (!site.usesSpare) return;
  for (const text of await differencesFromDeclared(site)) failings.push({ kind: "wrong", text: `once it moved ${text}` });
  for (const stack of site.stacks) for (const one of stack.resources.filter(({ door }) => door === "spare")) stack.drop(one);
  for (const text of await nextRun(site, story)) failings.push({ kind: "wrong", text });
}
