import { whatOf } from "../../errors";
import { withSecondLook } from "../../kernel/observed/doubt";
import type { State } from "../../kernel/observed/state";
import { type Comparison, compare, type Difference } from "../../kernel/plan/compare";
import { parsePersistence, persistedSince } from "../persistence";
import { parseState, readEntries } from "../reading/entries";
import { parseLeft } from "../reading/observe";
import { type Answer, sectionAfter } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { observeText } from "../wire/frames";
import type { Session } from "../wire/session";
import type { Shell } from "../wire/shell";
import type { Ending, Undone } from "./ending";
import { firesAt, firesIn, type Reason, type Transaction } from "./transaction";

/** Beyond the guard's deadline: it waits up to five seconds for whoever still changes something, then undoes. */
const afterDeadline = 20_000;
const pause = 500;
const tellTime = 5000;

/** What is to be ended, why, and what was read back of it, if it came so far. */
interface Matter {
  readonly transaction: Transaction;
  readonly reason: Reason;
  readonly readBack: State | undefined;
}

/** No ending yet: the host could not be reached, or said something else instead. */
interface Silence {
  readonly outcome: "silence";
  readonly instead: string | undefined;
}

/**
 * Something went wrong: undo now if the host answers; else wait out the guard, come back and look. The host's own word about the
 * transaction decides: it may have been confirmed after all, when only the answer was lost. Never throws: every way out is an ending.
 */
export async function retract(session: Session, transaction: Transaction, reason: Reason, readBack?: State): Promise<Ending> {
  const since = new Date();
  const matter = { transaction, reason, readBack };
  session.know(transaction.txn);
  const longestWayBack = await session.longestWayBack();
  const until = performance.now() + Math.max(firesIn(transaction) ?? 0, 0) + afterDeadline + longestWayBack * 1000;
  session.progress.begin(() => `not kept, ${undoText(transaction)}: ${reason.what}`);
  const open = await session.openShell();
  let heard = open === undefined ? undefined : await look(open, matter);
  while (heard === undefined || heard.outcome === "silence") {
    heard = await comeBack(session, matter);
    if (heard.outcome !== "silence") break;
    if (performance.now() > until) return { outcome: "unknown", reason, since, firesAt: firesAt(transaction), instead: heard.instead };
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return heard;
}

/** For a person who waits. */
function undoText(transaction: Transaction): string {
  const left = Math.ceil((firesIn(transaction) ?? 0) / 1000);
  return left > 0 ? `is undone now, or by its guard in ${left} s` : "is being undone";
}

/** One dial, then a look. */
async function comeBack(session: Session, matter: Matter): Promise<Ending | Silence> {
  let shell: Shell;
  try {
    shell = await session.wayBack();
  } catch {
    return { outcome: "silence", instead: undefined }; // refused logins too: a change may cut the way to the host's user directory
  }
  session.adopt(shell);
  return look(shell, matter);
}

async function look(shell: Shell, matter: Matter): Promise<Ending | Silence> {
  const { transaction, readBack } = matter;
  const { txn, look: wanted, before } = transaction;
  let answer: Answer;
  try {
    answer = await shell.run(`retract ${txn}\n${observeText({ ...wanted, paths: false, probes: [] }, "whole")}`, {
      bound: boundOf(wanted),
    });
  } catch (error) {
    return { outcome: "silence", instead: whatOf(error) };
  }
  const stage = sectionAfter(answer, "stage")?.rest;
  if (stage !== "confirmed" && stage !== "fired" && stage !== "absent")
    return {
      outcome: "silence",
      instead: stage === "firing" ? "its guard is still at work" : `it says ${stage ?? "nothing"} of the change`,
    };
  // Once the answer has come: until then the next process must tell it. No matter if this one is lost.
  if (stage !== "confirmed") await shell.run(`told ${txn}`, { within: tellTime }).catch(() => {});
  try {
    const state = await parseState(answer, wanted, shell.host);
    return stage === "confirmed" ? applied(answer, state) : undone(answer, matter, await compared(shell, transaction, state));
  } catch (error) {
    // The host's word about the transaction stands, whatever else cannot be read.
    return stage === "confirmed" ? applied(answer, readBack ?? before.state) : unread(answer, matter, whatOf(error));
  }
}

/** What differs is looked at once more before it is told. */
async function compared(shell: Shell, { before, look: wanted, scope }: Transaction, state: State): Promise<Comparison> {
  const first = compare(before.state, state, scope);
  const again = first.differences.length === 0 ? undefined : await readEntries(shell, wanted).catch(() => undefined);
  if (again === undefined) return first;
  const differing = new Set(first.differences.map(({ key }) => key));
  return compare(before.state, withSecondLook(state, again, differing), scope);
}

const applied = (answer: Answer, state: State): Ending => ({ outcome: "applied", state, persistence: parsePersistence(answer) });

const isRebooted = (answer: Answer, { before }: Transaction): boolean =>
  sectionAfter(answer, "facts")?.text.includes(`boot ${before.facts.bootId}`) === false;

/** A boot takes along the host's word about the transaction, and its entries; the disk keeps what of it was confirmed by then. */
function comingBack(answer: Answer, { before, scope }: Transaction, { differences }: Comparison): Difference[] {
  const told = new Set(differences.map(({ key }) => key));
  const keys = persistedSince(before.persistence, parsePersistence(answer), scope.keys);
  return keys.flatMap((key) => (told.has(key) ? [] : [{ key, was: "nothing", is: "persisted, and comes back after the boot" }]));
}

function undone(answer: Answer, { transaction, reason }: Matter, comparison: Comparison): Undone {
  const rebooted = isRebooted(answer, transaction);
  return {
    outcome: "undone",
    reason: rebooted ? { ...reason, what: `${reason.what}; the host was rebooted meanwhile` } : reason,
    ...comparison,
    differences: [...comparison.differences, ...(rebooted ? comingBack(answer, transaction, comparison) : [])],
    complaint: complaintOf(answer, transaction.txn),
  };
}

/** What came back where the undo did not do all that it should. */
const complaintOf = (answer: Answer, txn: string): string | undefined => parseLeft(answer).find((one) => one.txn === txn)?.failure;

const unread = (answer: Answer, { transaction: { txn }, reason }: Matter, why: string): Undone => ({
  outcome: "undone",
  reason,
  differences: [],
  foreign: [],
  unread: why,
  complaint: complaintOf(answer, txn),
});
