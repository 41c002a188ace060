import { isPolicyRoutingError, whatOf } from "../../errors";
import type { State } from "../../kernel/observed/state";
import type { RevisionText } from "../history/record";
import { parsePersistence } from "../persistence";
import { type Answer, sectionAfter } from "../wire/answer";
import { confirmText, proof } from "../wire/frames";
import type { Session } from "../wire/session";
import { isStop, isStopped, unlessStopped } from "../wire/stop";
import { type Ending, unwrittenIn } from "./ending";
import { retract } from "./retract";
import { firesIn, heldUp, type Reason, runStopped, type Transaction, tookTooLong } from "./transaction";

/**
 * Over a fresh TCP connection with a full login, which carries 8 KiB both ways: small packets pass where large ones do not. One atomic
 * rename on the host decides between this and the guard.
 */
export async function confirm(
  session: Session,
  transaction: Transaction,
  applied: Answer,
  after: State,
  persist: string | undefined,
  revision: RevisionText,
): Promise<Ending> {
  const against = isStopped() ? runStopped : tookTooLong(transaction, applied);
  if (against !== undefined) return retract(session, transaction, against, after);
  session.progress.begin(() => `read back as asked, confirms${transaction.guard === undefined ? "" : " over a fresh login"}`);
  const began = performance.now();
  let answer: Answer;
  try {
    answer = await sayConfirm(
      session,
      transaction,
      confirmText(
        transaction.txn,
        true,
        persist,
        `${transaction.txn} of ${transaction.holder}: ${transaction.summary}: applied${revision.audit}`,
        revision,
      ),
    );
  } catch (error) {
    return retract(session, transaction, isStop(error) ? runStopped : lostLogin(transaction, began, error, applied), after);
  }
  if (sectionAfter(answer, "confirmed") === undefined)
    return retract(session, transaction, heldUp(transaction, applied, began) ?? tooLateLogin(transaction, began), after);
  return {
    outcome: "applied",
    state: after,
    persistence: persist === undefined ? transaction.before.persistence : parsePersistence(answer),
    ...unwrittenIn(answer),
  };
}

/** Without a guard there is nothing to disarm: no second login. */
async function sayConfirm(session: Session, transaction: Transaction, text: string): Promise<Answer> {
  const { guard } = transaction;
  if (guard === undefined) return (await session.shell()).run(text);
  // Stopped, it is not waited for; but what was said to the host has its answer.
  const login = session.freshShell(guard.seconds, firesIn(transaction) ?? 0);
  const fresh = await unlessStopped(session.host, login, (late) => late.close());
  try {
    const left = Math.max(firesIn(transaction) ?? 0, 0);
    const answer = await fresh.run(text, { first: { bytes: proof, within: left + afterDeadline } });
    session.adopt(fresh);
    return answer;
  } catch (error) {
    fresh.close();
    throw error;
  }
}

/** No login came about: the change cut the host off, as far as can be seen from here, or the login is refused now. */
export function lostLogin(transaction: Pick<Transaction, "guard">, began: number, error: unknown, applied?: Answer): Reason {
  const spent = spentText(transaction, began);
  if (!isPolicyRoutingError(error) || error.kind !== "unreachable")
    return { topic: "cut-off", what: `after the change${spent} a new login failed: ${whatOf(error)}` };
  // It was the answer on its way back that left the login no time, not the steps.
  const late = spent === "" || applied === undefined ? undefined : heldUp(transaction, applied, began);
  if (late !== undefined) return late;
  return {
    topic: "cut-off",
    what: `no new login got through for ${seconds(performance.now() - began)} after the change${spent}: it seems to cut the host off (${whatOf(error)})`,
    next: "look where answers to your own address go with the change; on a slow network raise guard.confirmTimeout",
  };
}

/** It came, and found the change undone. */
const tooLateLogin = (transaction: Transaction, began: number): Reason => ({
  topic: "too-slow",
  what: `the guard came first: the new login that confirms it took ${seconds(performance.now() - began)}${spentText(transaction, began)}`,
  next: "raise guard.confirmTimeout",
});

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Milliseconds: the host arms its guard a little later than is counted here. */
const afterDeadline = 2000;

/** Where the change itself, until `began`, left the login less than half of the guard's time. */
function spentText({ guard }: Pick<Transaction, "guard">, began: number): string {
  if (guard === undefined) return "";
  const left = guard.seconds * 1000 - (began - guard.armedAt);
  return left > guard.seconds * 500 ? "" : ` (its steps left ${seconds(left)} of guard.confirmTimeout, ${guard.seconds} s)`;
}
