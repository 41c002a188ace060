import { PolicyRoutingError } from "../../errors";
import { folders } from "../../kernel/persist/folders";
import { warningOfNothing } from "../../kernel/persist/persistence";
import { leftovers } from "../../kernel/persist/store";
import type { StoredObject } from "../../kernel/persist/stored";
import { changedMeanwhile, compare } from "../../kernel/plan/compare";
import { revisionText } from "../history/record";
import { parsePersistence, persistText } from "../persistence";
import { tellOldLines } from "../reading/oldLines";
import { type Answer, sectionAfter } from "../wire/answer";
import type { Session } from "../wire/session";
import { confirm } from "./confirm";
import { type Ending, endingError, unwrittenIn } from "./ending";
import { hold } from "./hold";
import { labelOf, type Planned, persistedOf } from "./planned";
import { atKeysOf, refusedError } from "./refused";
import { retract } from "./retract";
import type { Reason, Transaction } from "./transaction";
import { type Verdict, verdictOf } from "./verdict";
import type { Work } from "./work";

const nothingRead: Reason = { topic: "read-back-differs", what: "nothing was read back" };
const objectsFolder = `${folders.etc}/objects`;

/** Verify, confirm, and tell each resource what became of it. False when what needed no change was changed by somebody meanwhile. */
export async function conclude(
  session: Session,
  planned: readonly Planned[],
  transaction: Transaction,
  answer: Answer,
  bookkeeping: boolean,
): Promise<boolean> {
  const verdict = await verdictOf(session, planned, transaction, answer);
  if (bookkeeping && verdict.deviating.length > 0) return false;
  const ending = await endingOf(session, transaction, answer, verdict, bookkeeping);
  session.progress.end(() => endText(planned, ending));
  if (ending.outcome === "applied")
    await tellOldLines(
      session,
      planned.filter((one) => !verdict.refused.has(one)),
    );
  if (ending.outcome === "applied" && ending.unrecorded !== undefined)
    session.warnOnce({ topic: "not-in-history", what: `applied, but not in the history on the host: ${ending.unrecorded}` });
  if (ending.outcome === "applied" && ending.unmarked !== undefined)
    session.warn({
      topic: "not-marked",
      what: `applied, but what was taken back is not remembered as it should be on the host: ${ending.unmarked}`,
      next: "correct the program at once, as by git revert: an up --refresh that makes it again is not refused",
    });
  for (const one of planned) tell(session, one, transaction, ending, verdict);
  return true;
}

/** Nothing that can be judged came back. */
export async function giveUp(session: Session, planned: readonly Planned[], transaction: Transaction, reason: Reason): Promise<void> {
  const ending = await retract(session, transaction, reason);
  session.progress.end(() => endText(planned, ending));
  for (const one of planned) tell(session, one, transaction, ending);
}

/** For a person who was told what went on. */
function endText(planned: readonly Planned[], ending: Ending): string {
  if (ending.outcome !== "applied") return ending.outcome === "undone" ? "was undone" : "how it ended is not known";
  const after = new Set(planned.map(({ work }) => persistedOf(work, ending)));
  return `confirmed; after a reboot: ${[...after].join(", ")}`;
}

async function endingOf(
  session: Session,
  transaction: Transaction,
  answer: Answer,
  { after, accepted, against }: Verdict,
  bookkeeping: boolean,
): Promise<Ending> {
  const { before } = transaction;
  if (against !== undefined || after === undefined) return retract(session, transaction, against ?? nothingRead, after);
  if (!bookkeeping) {
    const stood = await hold(session, transaction, accepted, after);
    if (stood.against !== undefined) return retract(session, stood.transaction, stood.against, stood.after);
    const revision = revisionText(accepted, stood.transaction, stood.after, stood.approval);
    return confirm(session, stood.transaction, answer, stood.after, persistText(accepted, before), revision);
  }
  const isSaid = sectionAfter(answer, "persistence") !== undefined;
  return {
    outcome: "applied",
    state: after,
    persistence: isSaid ? parsePersistence(answer) : before.persistence,
    ...unwrittenIn(answer),
  };
}

function tell(session: Session, one: Planned, transaction: Transaction, ending: Ending, verdict?: Verdict): void {
  if (ending.outcome !== "unknown") session.end(transaction.txn);
  const refused = verdict?.refused.get(one);
  if (refused !== undefined && ending.outcome !== "unknown")
    one.work.reject(refusedError(session.host, transaction.before.facts, one, refused, leftOf(one, transaction, ending, verdict)));
  else if (ending.outcome === "applied") tellApplied(session, one, transaction, ending);
  else one.work.reject(endingError(session.host, labelOf(one.work), ending));
}

/** What a refused change left: with the whole, or by itself where the others were kept. */
function leftOf(one: Planned, { before, scope }: Transaction, ending: Exclude<Ending, { outcome: "unknown" }>, verdict?: Verdict) {
  if (ending.outcome === "undone") return ending;
  const after = verdict?.after ?? ending.state;
  return { differences: atKeysOf(one, compare(before.state, after, { ...scope, keys: new Set(one.plan.keys) }).differences) };
}

function tellApplied(
  session: Session,
  { work, plan, store }: Planned,
  { before }: Transaction,
  { state, persistence }: Extract<Ending, { outcome: "applied" }>,
): void {
  const { failure } = persistence;
  const left = work.change.wanted.length > 0 ? [] : leftovers(work.change, {}, persistence);
  // Were it told as removed, nobody would remember to remove it from the disk.
  if (left.length > 0) {
    work.reject(notForGood(session.host, work, left, failure));
    return;
  }
  if (failure !== undefined && store.written.length + store.removed.length > 0)
    session.warn({
      topic: "not-persisted",
      object: labelOf(work),
      what: `applied, but what it would be after a reboot could not be written: ${failure}`,
      next: "run pulumi refresh and pulumi up again once the host can write there",
    });
  const nothing = warningOfNothing(work.change, work.wish ?? {}, persistence);
  if (nothing !== undefined) session.warnOnce(nothing);
  for (const [device, other] of changedMeanwhile(work.change.wanted, before.state, state))
    session.warnOnce({
      topic: "uplink-changed",
      object: device,
      what: `has ${other} than when the change was planned: the host follows`,
    });
  for (const { topic, did } of plan.notes) session.warn({ topic, object: labelOf(work), what: did });
  work.resolve({ state, facts: before.facts, persisted: persistedOf(work, { state, persistence }) });
}

const notForGood = (host: string, work: Work, left: readonly StoredObject[], failure: string | undefined): PolicyRoutingError =>
  new PolicyRoutingError("command", {
    topic: "not-removed-from-disk",
    host,
    object: labelOf(work),
    what: `gone until the next boot only: ${left.map(({ file, oldFile }) => `${objectsFolder}/${oldFile ?? file}`).join(", ")} could not be removed`,
    cameBack: failure,
    next: "run it again once the host can write there",
  });
