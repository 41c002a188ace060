import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { compare } from "../kernel/compare";
import { checkNeeds } from "../kernel/gate";
import { type ChangePlan, deviations, isEmpty, plan } from "../kernel/plan";
import { compacted, keysOf } from "../kernel/register";
import type { State } from "../kernel/state";
import { defaultConfirmTimeout } from "../spec/guard";
import { type Answer, section, sectionAfter, sectionsAfter } from "./answer";
import { confirm } from "./confirm";
import { type Ending, endingError, revertedText, withOutcome } from "./ending";
import { observeText, transactText } from "./frames";
import { isCovered, type Look, lookFor, together } from "./look";
import { managementRefusal } from "./management";
import { type Observation, observe, parseState } from "./observe";
import { demandedLines, failedProbes, probeLines, probeResults } from "./probes";
import { retract } from "./retract";
import type { Session } from "./session";
import type { Transaction } from "./transaction";
import type { Work } from "./work";

/** What one change of a group needs, and whose it is. */
interface Planned {
  readonly work: Work;
  readonly plan: ChangePlan;
}

/** Times that a transaction is planned anew because another one came first. */
const attempts = 20;

/**
 * The transaction: observe, plan, arm the guard, apply, verify, confirm, persist. Settles some of the works; the others are returned and
 * wait for the next one, because they touch what these touch. Nothing is changed unless the guard is armed, nothing is reported unless seen.
 */
export async function transact(session: Session, works: readonly Work[]): Promise<Work[]> {
  const probes = works[0]?.guard.probes ?? []; // works of one group have equal guards
  let look: Look = { ...together(works.map((work) => work.look)), paths: true, probes: probeLines(probes) };
  let open = works;
  for (let attempt = 1; ; attempt++) {
    const shell = await session.shell();
    const seen = await observe(shell, look, session.warn);
    session.report(seen.left);
    const owned = together([look, lookFor(works.flatMap(({ change }) => keysOf(seen.state.register, change.id)))]);
    if (!isCovered(owned, look)) {
      look = { ...owned, paths: true };
      continue;
    }
    const { planned, deferred } = planAll(open, seen, session.host);
    const isIdle = ({ plan: { steps, register } }: Planned): boolean => steps.length + register.length === 0;
    settleEmpty(planned.filter(isIdle), seen, session);
    const [first, ...others] = await permitted(
      session,
      planned.filter((one) => !isIdle(one)),
      seen,
    );
    if (first === undefined) return deferred;
    const busy: [Planned, ...Planned[]] = [first, ...others];
    if (seen.freeze !== undefined) {
      rejectAll(
        busy,
        () =>
          new PolicyRoutingError("busy", {
            host: session.host,
            what: `the host is frozen: ${seen.freeze || "no reason given"}`,
            next: "remove /etc/policy-routing/freeze on the host",
          }),
      );
      return deferred;
    }
    if (await apply(session, busy, seen, look)) return deferred;
    open = [...busy.map(({ work }) => work), ...deferred];
    if (attempt === attempts)
      throw new PolicyRoutingError("busy", {
        host: session.host,
        what: `${attempts} times another transaction came first`,
        next: "run it again",
      });
  }
}

/** Plans in the order of stages; changes that share a key with an earlier one wait for the next transaction. */
function planAll(works: readonly Work[], seen: Observation, host: string): { planned: Planned[]; deferred: Work[] } {
  const planned: Planned[] = [];
  const deferred: Work[] = [];
  const taken = new Set<string>();
  for (const work of works) {
    try {
      checkNeeds(
        work.change.wanted.flatMap(({ needs }) => [...needs]),
        seen.facts,
      );
      const one = plan(work.change, seen.state);
      if (one.keys.some((key) => taken.has(key))) deferred.push(work);
      else planned.push({ work, plan: one });
      for (const key of one.keys) taken.add(key);
    } catch (error) {
      work.reject(
        isPolicyRoutingError(error)
          ? error.at({ host, object: labelOf(work) })
          : new PolicyRoutingError("bug", { host, what: messageOf(error), cause: error }),
      );
    }
  }
  return { planned: planned.sort((a, b) => a.plan.order - b.plan.order), deferred };
}

/** Those that do not move the way of our own connection, each beside the ones before it. The others are refused. */
async function permitted(session: Session, planned: readonly Planned[], seen: Observation): Promise<Planned[]> {
  const accepted: Planned[] = [];
  for (const one of planned) {
    const becomes = [...accepted, one].flatMap(({ plan: { becomes: after } }) => after);
    const refusal = one.work.guard.allowManagementPathChange === true ? undefined : await managementRefusal(session, seen, becomes);
    if (refusal === undefined) accepted.push(one);
    else one.work.reject(refusal.at({ object: labelOf(one.work) }));
  }
  return accepted;
}

function settleEmpty(planned: readonly Planned[], seen: Observation, session: Session): void {
  for (const { work, plan: empty } of planned) {
    const wrong = deviations(empty, seen.state);
    for (const note of empty.notes) session.warn(note, labelOf(work));
    if (wrong.length === 0) work.resolve({ state: seen.state, facts: seen.facts });
    else work.reject(new PolicyRoutingError("bug", { host: session.host, what: `an empty plan, but ${wrong.join(", ")}` }));
  }
}

/** One transaction on the host. False when another one came first and nothing was done. */
async function apply(session: Session, planned: readonly [Planned, ...Planned[]], seen: Observation, look: Look): Promise<boolean> {
  const transaction = describeTransaction(planned, seen, look);
  const bookkeeping = planned.every(({ plan: one }) => isEmpty(one));
  const probes = planned[0].work.guard.probes ?? [];
  const readBack = { ...look, probes: demandedLines(probes, probeResults(probes, seen.answer)) };
  const text = transactText(
    {
      txn: transaction.txn,
      lock: seen.lock,
      holder: transaction.holder,
      guard: transaction.guard?.seconds,
      forget: session.forgettable(seen.left, seen.facts.uptime),
      compacted: compacted(seen.state.register),
    },
    planned.map(({ plan: one }) => one),
    [observeText(readBack, "entries"), ...(bookkeeping ? [`confirm ${transaction.txn}`, `finish ${transaction.txn}`] : [])].join("\n"),
  );
  const shell = await session.shell(); // if there is none, nothing was sent
  let answer: Answer;
  try {
    answer = await shell.run(text);
  } catch (error) {
    await endAll(session, planned, transaction, `while the change was applied: ${whatOf(error)}`);
    return true;
  }
  if (section(answer, "moved") !== undefined) return false;
  const stopped = sectionAfter(answer, "stopped");
  if (stopped === undefined) return conclude(session, planned, transaction, answer, bookkeeping);
  rejectAll(
    planned,
    () => new PolicyRoutingError("command", { host: session.host, what: `nothing was changed: ${stopped.rest}`, cameBack: stopped.text }),
  );
  return true;
}

function describeTransaction(planned: readonly [Planned, ...Planned[]], seen: Observation, look: Look): Transaction {
  const guarded = planned.some(({ work, plan: one }) => !isEmpty(one) && work.guard.disabled !== true);
  const { change } = planned[0].work;
  return {
    txn: `t-${randomBytes(6).toString("hex")}`,
    holder: `${change.stack} by ${controller()}`,
    before: seen,
    look,
    scope: { keys: new Set(planned.flatMap(({ plan: one }) => [...one.keys])), tags: change.tags },
    guard: guarded
      ? { seconds: Math.max(...planned.map(({ work }) => work.guard.confirmTimeout ?? defaultConfirmTimeout)), armedAt: Date.now() }
      : undefined,
    summary: `${planned.reduce((sum, { plan: one }) => sum + one.steps.length, 0)} steps for ${planned
      .map(({ work }) => work.change.id)
      .slice(0, 5)
      .join(", ")}${planned.length > 5 ? ` and ${planned.length - 5} more` : ""}`,
  };
}

/** What a change says that came after its guard. */
const late = "late";

/** Verify, confirm, and tell each resource what became of it. False when what needed no change was changed by somebody meanwhile. */
async function conclude(
  session: Session,
  planned: readonly Planned[],
  transaction: Transaction,
  answer: Answer,
  bookkeeping: boolean,
): Promise<boolean> {
  let after: State;
  try {
    after = parseState(answer, transaction.look, session.host);
  } catch (error) {
    await endAll(session, planned, transaction, `what was applied could not be read back: ${whatOf(error)}`);
    return true;
  }
  if (sectionsAfter(answer, "refused").some(({ text }) => text === late)) {
    await endAll(session, planned, transaction, "its guard fired while the change was still under way");
    return true;
  }
  const refusals = new Map(sectionsAfter(answer, "refused").map(({ rest, text }) => [planned[Number(rest) - 1], text]));
  const accepted = planned.filter((one) => !refusals.has(one));
  const deviating = accepted.flatMap(({ plan: one }) => deviations(one, after));
  if (bookkeeping && deviating.length > 0) return false;
  const probes = planned[0]?.work.guard.probes ?? [];
  const failing = failedProbes(probes, probeResults(probes, transaction.before.answer), probeResults(probes, answer));
  const wrong = [...deviating, ...failing];
  const reason =
    deviating.length > 0
      ? `what was read back is not what was asked: ${deviating.join("; ")}`
      : failing.length > 0
        ? failing.join("; ")
        : "the kernel refused every change";
  const ending: Ending =
    wrong.length > 0 || accepted.length === 0
      ? await retract(session, transaction, reason)
      : bookkeeping
        ? { outcome: "applied", state: after }
        : await confirm(session, transaction, after);
  if (ending.outcome !== "unknown") session.end(transaction.txn);
  for (const one of planned) {
    const refused = refusals.get(one);
    const { work } = one;
    if (refused !== undefined && ending.outcome !== "unknown")
      work.reject(
        refusalOf(
          session.host,
          one,
          refused,
          ending,
          compare(transaction.before.state, after, { ...transaction.scope, keys: new Set(one.plan.keys) }).differences,
        ),
      );
    else settle(session, one, transaction, ending);
  }
  return true;
}

async function endAll(session: Session, planned: readonly Planned[], transaction: Transaction, reason: string): Promise<void> {
  const ending = await retract(session, transaction, reason);
  if (ending.outcome !== "unknown") session.end(transaction.txn);
  for (const one of planned) settle(session, one, transaction, ending);
}

function settle(session: Session, { work, plan: one }: Planned, transaction: Transaction, ending: Ending): void {
  if (ending.outcome === "applied") {
    for (const note of one.notes) session.warn(note, labelOf(work));
    work.resolve({ state: ending.state, facts: transaction.before.facts });
  } else work.reject(endingError(session.host, labelOf(work), ending));
}

/** The kernel refused one change of a group: it was undone alone. */
function refusalOf(
  host: string,
  { work, plan: one }: Planned,
  refused: string,
  ending: Exclude<Ending, { outcome: "unknown" }>,
  differences: readonly string[],
): PolicyRoutingError {
  const left =
    ending.outcome === "reverted" ? ending.differences : differences.filter((text) => one.keys.some((key) => text.startsWith(`${key}:`)));
  return withOutcome(
    new PolicyRoutingError("command", {
      host,
      object: labelOf(work),
      what: `the kernel refused it; ${revertedText(left)}`,
      ran: one.steps
        .slice(0, 3)
        .map((step) => step.replace(/^[46]/, (family) => `ip -${family}`))
        .join("; "),
      cameBack: refused,
    }),
    left.length === 0 ? "reverted" : "differs",
  );
}

function rejectAll(planned: readonly Planned[], error: () => PolicyRoutingError): void {
  for (const { work } of planned) work.reject(error());
}

function labelOf({ change }: Work): string {
  const [first] = change.wanted;
  return first?.label ?? change.id;
}

const whatOf = (error: unknown): string => (isPolicyRoutingError(error) ? error.parts.what : messageOf(error));
/** Who is at work here, for those who wait for the host. Printable, one line. */
const controller = (): string => `${userInfo().username}@${hostname()} pid ${process.pid}`.replace(/[^\x20-\x7e]/g, "?");
