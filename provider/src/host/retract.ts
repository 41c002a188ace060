import { isPolicyRoutingError } from "../errors";
import { compare } from "../kernel/compare";
import { sectionAfter } from "./answer";
import type { Ending } from "./ending";
import { observeText } from "./frames";
import { parseState } from "./observe";
import { parsePersistence } from "./persistence";
import type { Session } from "./session";
import type { Shell } from "./shell";
import { firesAt, type Transaction } from "./transaction";

/** Beyond the guard's deadline: it waits up to five seconds for whoever still changes something, then undoes. */
const afterDeadline = 20_000;
const pause = 500;

/**
 * Something went wrong: undo now if the host answers; else wait out the guard, come back and look. The host's own word about the
 * transaction decides: it may have been confirmed after all, when only the answer was lost.
 */
export async function retract(session: Session, transaction: Transaction, reason: string): Promise<Ending> {
  const since = new Date();
  session.know(transaction.txn);
  const open = await session.openShell();
  const now = open === undefined ? undefined : await look(open, transaction, reason);
  if (now !== undefined) return now;
  const fires = firesAt(transaction);
  const until = Math.max(fires?.getTime() ?? 0, Date.now()) + afterDeadline;
  for (;;) {
    const ending = await comeBack(session, transaction, reason);
    if (ending !== undefined) return ending;
    if (Date.now() > until) return { outcome: "unknown", reason, since, firesAt: fires };
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** One dial, then a look. Undefined: the host does not answer yet. */
async function comeBack(session: Session, transaction: Transaction, reason: string): Promise<Ending | undefined> {
  try {
    const shell = await session.wayBack();
    session.adopt(shell);
    return await look(shell, transaction, reason);
  } catch {
    return undefined; // refused logins too: a change may cut the way to the host's user directory
  }
}

async function look(shell: Shell, transaction: Transaction, reason: string): Promise<Ending | undefined> {
  const { txn, before, look: wanted, scope } = transaction;
  try {
    const answer = await shell.run(`retract ${txn}\n${observeText({ ...wanted, paths: false, probes: [] }, "whole")}`);
    const state = parseState(answer, wanted, shell.host);
    const stage = sectionAfter(answer, "stage")?.rest;
    if (stage === "confirmed") return { outcome: "applied", state, persistence: parsePersistence(answer) };
    if (stage !== "fired" && stage !== "absent") return undefined; // its guard is at it, or it could not be told to end
    const { differences, foreign } = compare(before.state, state, scope);
    // Once its answer has come: until then the next process must tell it. No matter if this one is lost.
    await shell.run(`told ${txn}`).catch(() => {});
    const rebooted = sectionAfter(answer, "facts")?.text.includes(`boot ${before.facts.bootId}`) === false;
    return { outcome: "reverted", reason: rebooted ? `${reason}; the host was rebooted meanwhile` : reason, differences, foreign };
  } catch (error) {
    if (isPolicyRoutingError(error) && error.kind !== "unreachable") throw error;
    return undefined;
  }
}
