import { whatOf } from "../errors";
import type { State } from "../kernel/state";
import { type Answer, sectionAfter } from "./answer";
import type { Ending } from "./ending";
import { confirmText, proof } from "./frames";
import { parsePersistence } from "./persistence";
import { retract } from "./retract";
import type { Session } from "./session";
import { firesIn, type Transaction, tookTooLong } from "./transaction";

/**
 * Over a fresh TCP connection with a full login, which carries 8 KiB both ways: small packets pass where large ones do not. One atomic
 * rename on the host decides between this and the guard.
 */
export async function confirm(session: Session, transaction: Transaction, after: State, persist: string | undefined): Promise<Ending> {
  const tooLate = tookTooLong(transaction);
  if (tooLate !== undefined) return retract(session, transaction, tooLate, after);
  const spent = spentText(transaction);
  let answer: Answer;
  try {
    answer = await sayConfirm(
      session,
      transaction,
      confirmText(transaction.txn, true, persist, `${transaction.txn} of ${transaction.holder}: ${transaction.summary}: applied`),
    );
  } catch (error) {
    return retract(session, transaction, `after the change${spent} a fresh login failed: ${whatOf(error)}`, after);
  }
  if (sectionAfter(answer, "confirmed") === undefined) {
    const stage = sectionAfter(answer, "stage")?.rest ?? "no answer";
    return retract(session, transaction, `the guard came first: no fresh login reached the host in time${spent} (${stage})`, after);
  }
  return {
    outcome: "applied",
    state: after,
    persistence: persist === undefined ? transaction.before.persistence : parsePersistence(answer),
  };
}

/** Without a guard there is nothing to disarm: no second login. */
async function sayConfirm(session: Session, transaction: Transaction, text: string): Promise<Answer> {
  const { guard } = transaction;
  if (guard === undefined) return (await session.shell()).run(text);
  const fresh = await session.freshShell(guard.seconds, firesIn(transaction) ?? 0);
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

/** Milliseconds: the host arms its guard a little later than is counted here. */
const afterDeadline = 2000;

/** Where the change itself left the login less than half of the guard's time. */
function spentText(transaction: Transaction): string {
  const { guard } = transaction;
  const left = (firesIn(transaction) ?? 0) / 1000;
  return guard === undefined || left > guard.seconds / 2
    ? ""
    : `, for which it left ${left.toFixed(1)} s of confirmTimeout (${guard.seconds} s),`;
}
