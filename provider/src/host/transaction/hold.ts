import { setTimeout } from "node:timers/promises";
import type { State } from "../../kernel/observed/state";
import { printTime } from "../printTime";
import { type Answer, sectionAfter } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { prolongText, proofText } from "../wire/frames";
import type { Session } from "../wire/session";
import type { Shell } from "../wire/shell";
import { isStop, whileHeld } from "../wire/stop";
import { lostLogin } from "./confirm";
import type { Planned } from "./planned";
import { readBackText } from "./readBack";
import { firesIn, type Reason, runStopped, type Transaction } from "./transaction";
import { verdictOf } from "./verdict";

/** What a change has become that stood under guard for a while: not confirmed yet, or not to be kept. */
export interface Stood {
  /** With the guard's time as it is by now. */
  readonly transaction: Transaction;
  /** What was read back last. */
  readonly after: State;
  readonly against?: Reason | undefined;
  /** Whose word it is to be confirmed by, where a person's was asked for. */
  readonly approval?: string | undefined;
}

/** Milliseconds between two looks. A guard of little time is given more in thirds of it. */
const longestPause = 5000;
/** Milliseconds for an answer: once the guard has fired, nothing is to be waited for. The host counts in whole seconds. */
const longestLook = 60_000;
const afterDeadline = 2000;

const nobody: Reason = {
  topic: "hold-unconfirmed",
  what: "nobody had confirmed it",
  next: "run pulumi up again, and npx --no-install policy-routing confirm HOST while it is held",
};

/**
 * Keeps the guard armed for as long as a person asked for, by a fresh login, and looks again and again whether the change still is what it was
 * when it was read back. One look that fails is enough: a probe has its own three tries.
 */
export async function hold(session: Session, transaction: Transaction, planned: readonly Planned[], after: State): Promise<Stood> {
  const { hold: asked, confirmBy = "controller" } = planned[0]?.work.guard ?? {};
  const { guard, txn } = transaction;
  if (asked === undefined || guard === undefined) return { transaction, after };
  const began = performance.now();
  const left = (): number => Math.max(asked - (performance.now() - began) / 1000, 0);
  const until = printTime(new Date(Date.now() + asked * 1000));
  session.progress.begin(() => `holds it under guard until ${until}${confirmBy === "person" ? ", for policy-routing confirm" : ""}`);
  const pause = Math.min(longestPause, (guard.seconds * 1000) / 3);
  let stood: Stood = { transaction, after };
  const failed = ({ what, ...reason }: Reason): Stood => ({
    ...stood,
    against: { ...reason, what: `held for ${Math.round(asked - left())} of ${asked} s, then ${what}` },
  });
  let loginBegan = began;
  try {
    const shell = await whileHeld(session.host, session.freshShell(guard.seconds, firesIn(transaction) ?? 0), (late) => late.close());
    session.adopt(shell);
    for (let isFirst = true; ; isFirst = false) {
      loginBegan = performance.now();
      const text = [
        ...(isFirst ? [proofText] : []),
        prolongText(txn, guard.seconds, left(), confirmBy),
        readBackText(planned, transaction),
      ];
      stood = await lookAgain(session, shell, stood, planned, text.join("\n"));
      if (stood.against !== undefined) return failed(stood.against);
      if (stood.approval !== undefined || (left() === 0 && confirmBy === "controller")) return stood;
      if (left() === 0) return failed(nobody);
      await whileHeld(session.host, setTimeout(Math.min(pause, left() * 1000)));
    }
  } catch (error) {
    return isStop(error) ? { ...stood, against: runStopped } : failed(lostLogin(stood.transaction, loginBegan, error));
  }
}

/** One look: the guard gets its time anew, then the host is asked what it was asked when the change was made. */
async function lookAgain(session: Session, shell: Shell, stood: Stood, planned: readonly Planned[], text: string): Promise<Stood> {
  const { guard, ...same } = stood.transaction;
  const seconds = guard?.seconds ?? 0;
  const transaction = { ...same, guard: { seconds, armedAt: performance.now() } };
  const within = Math.min(longestLook, seconds * 1000 + afterDeadline);
  const answer = await whileHeld(session.host, shell.run(text, { bound: boundOf(transaction.look), within }));
  if (sectionAfter(answer, "prolonged") === undefined) return { ...stood, against: endedBy(answer) };
  const { after = stood.after, against } = await verdictOf(session, planned, transaction, answer);
  return { transaction, after, against, approval: sectionAfter(answer, "approved")?.text.trim() };
}

/** Why the guard got no more time. */
function endedBy(answer: Answer): Reason {
  const withdrawn = sectionAfter(answer, "withdrawn")?.text.trim();
  if (withdrawn !== undefined) return { topic: "hold-withdrawn", what: `it was taken back by ${withdrawn}` };
  const failed = sectionAfter(answer, "unprolonged")?.text.trim();
  if (failed !== undefined) return { topic: "reverted", what: `its guard could not be given more time: ${failed}` };
  const stage = sectionAfter(answer, "stage")?.rest;
  if (stage === "absent") return { topic: "reverted", what: "the host knew nothing of it any more" };
  return { topic: "too-slow", what: "its guard had fired: the controller's sign came too late", next: "raise guard.confirmTimeout" };
}
