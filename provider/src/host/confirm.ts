import { isPolicyRoutingError, messageOf } from "../errors";
import type { State } from "../kernel/state";
import { sectionAfter } from "./answer";
import type { Ending } from "./ending";
import { confirmText } from "./frames";
import { parsePersistence } from "./persistence";
import { retract } from "./retract";
import type { Session } from "./session";
import type { Transaction } from "./transaction";

/**
 * Over a fresh TCP connection with a full login, which carries 8 KiB both ways: small packets pass where large ones do not. One atomic
 * rename on the host decides between this and the guard.
 */
export async function confirm(session: Session, transaction: Transaction, after: State, persist: string | undefined): Promise<Ending> {
  const { guard } = transaction;
  try {
    // Without a guard there is nothing to disarm: no second login.
    const fresh =
      guard === undefined
        ? await session.shell()
        : await session.freshShell(guard.seconds, guard.armedAt + guard.seconds * 1000 - Date.now());
    const answer = await fresh.run(
      confirmText(transaction.txn, true, persist, `${transaction.txn} of ${transaction.holder}: ${transaction.summary}: applied`),
    );
    session.adopt(fresh);
    const stage = sectionAfter(answer, "stage")?.rest;
    if (sectionAfter(answer, "confirmed") !== undefined)
      return {
        outcome: "applied",
        state: after,
        persistence: persist === undefined ? transaction.before.persistence : parsePersistence(answer),
      };
    return await retract(session, transaction, `the guard came first: no fresh login reached the host in time (${stage ?? "no answer"})`);
  } catch (error) {
    return retract(
      session,
      transaction,
      `after the change a fresh login failed: ${isPolicyRoutingError(error) ? error.parts.what : messageOf(error)}`,
    );
  }
}
