import { randomBytes } from "node:crypto";
import { defaultConfirmTimeout } from "../../declaration/guard";
import { PolicyRoutingError, whatOf } from "../../errors";
import { lookFor } from "../../kernel/observed/kinds";
import { askedFor, isCovered, type Look, nothingMore, together } from "../../kernel/observed/look";
import { folders } from "../../kernel/persist/folders";
import { stateAfter } from "../../kernel/plan/after";
import { isEmpty, keysHeld } from "../../kernel/plan/plan";
import { compacted } from "../../kernel/plan/register";
import { controller } from "../controller";
import { revisionText } from "../history/record";
import { withoutTakenBack } from "../history/takenBack";
import { adviceFor, isStored, persistText } from "../persistence";
import { type Observation, observe } from "../reading/observe";
import { type Answer, section, sectionAfter } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { transactText } from "../wire/frames";
import type { Session } from "../wire/session";
import { isStop, refuseIfStopped, unlessStopped } from "../wire/stop";
import { conclude, giveUp } from "./conclude";
import { type Group, type Planned, permitted, planAll, rejectAll, settleEmpty } from "./planned";
import { probeLines } from "./probes";
import { readBackText } from "./readBack";
import { type Reason, runStopped, type Transaction } from "./transaction";
import type { Work } from "./work";

/** Times that a transaction is looked at and planned anew, because another one came first or the register named more. */
const attempts = 20;
/** Milliseconds for the frame of a change: not less than any frame's, and some for what ends beside the guard. */
const longestChange = (guardSeconds: number): number => Math.max(60, guardSeconds + 20) * 1000;

/**
 * The transaction: observe, plan, arm the guard, apply, verify, confirm, persist. Settles some of the works; the others are returned and
 * wait for the next one, because they touch what these touch. Nothing is changed unless the guard is armed, nothing is reported unless seen.
 */
export async function transact(session: Session, works: readonly Work[]): Promise<Work[]> {
  const probes = works[0]?.guard.probes ?? []; // works of one group have equal guards
  const ours = new Set(works.map(({ change }) => change.tags.owner));
  let look: Look = { ...together(works.map((work) => work.look)), ours, paths: true, probes: probeLines(probes) };
  let open = works;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const shell = await session.shell();
    session.progress.begin(() => "reads what is there");
    const seen = await unlessStopped(session.host, observe(shell, look, session.warn, "change"));
    session.report(seen.left);
    const owned = together([look, lookFor(works.flatMap(({ change }) => keysHeld(change, seen.state)))]);
    if (!isCovered(owned, seen.seen)) {
      look = { ...owned, paths: true };
      continue;
    }
    const { planned, deferred } = planAll(open, seen, session.host);
    const isIdle = ({ plan: { steps, register }, store }: Planned): boolean => steps.length + register.length === 0 && isStored(store);
    await settleEmpty(planned.filter(isIdle), seen, session);
    const [first, ...others] = await permitted(
      session,
      withoutTakenBack(
        planned.filter((one) => !isIdle(one)),
        seen,
        session,
      ),
      seen,
    );
    if (first === undefined) {
      if (deferred.length < open.length) return deferred;
      throw new PolicyRoutingError("conflict", {
        topic: "next-hop-in-use",
        host: session.host,
        what: "nothing was changed: each of these changes waits for another one of them to let go first",
        next: "look at the next hop groups on the host: ip nexthop show",
      });
    }
    const busy: Group = [first, ...others];
    if (seen.freeze !== undefined) {
      const what = "the host is frozen";
      const cameBack = seen.freeze || "no reason given";
      rejectAll(
        busy,
        () =>
          new PolicyRoutingError("busy", {
            topic: "host-frozen",
            host: session.host,
            what,
            cameBack,
            next: `remove ${folders.etc}/freeze on the host`,
          }),
      );
      return deferred;
    }
    for (const what of busy.flatMap(({ work }) => adviceFor(work.wish, seen.persistence)))
      session.warnOnce({ topic: "other-managers", what });
    refuseIfStopped(session.host);
    // Who goes by a next hop object matters before a change, not behind it.
    if (await apply(session, busy, seen, { ...look, users: nothingMore.users })) return deferred;
    open = [...busy.map(({ work }) => work), ...deferred];
  }
  throw new PolicyRoutingError("busy", {
    topic: "other-changes-first",
    host: session.host,
    what: `nothing was changed: ${attempts} times another transaction came first, or the register named other entries than before`,
    next: "run it again",
  });
}

/** One transaction on the host. False when another one came first and nothing was done. */
async function apply(session: Session, planned: Group, seen: Observation, look: Look): Promise<boolean> {
  const shell = await session.shell(); // if there is none, nothing was sent
  const transaction = describeTransaction(planned, seen, look);
  // Confirmed in the same frame, so only where nothing can speak against it.
  const bookkeeping = planned.every(({ work, plan: one }) => isEmpty(one) && work.expect.length === 0);
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
    [readBackText(planned, transaction), ...(bookkeeping ? bookkeepingText(planned, transaction, seen) : [])]
      .filter((part) => part !== "")
      .join("\n"),
  );
  const { guard } = transaction;
  const count = stepsOf(planned);
  const under = guard === undefined ? "" : ` under a guard of ${guard.seconds} s`;
  session.progress.begin(() => `applies ${count} ${count === 1 ? "step" : "steps"}${under}`);
  let answer: Answer;
  try {
    // With a guard, a person said how long it may take; then it undoes, and what was lost is found on the way back.
    const running = shell.run(text, { bound: boundOf(look), within: longestChange(guard?.seconds ?? 0) });
    answer = await unlessStopped(session.host, running);
  } catch (error) {
    await giveUp(session, planned, transaction, isStop(error) ? runStopped : lostMidway(error));
    return true;
  }
  if (section(answer, "moved") !== undefined) return false;
  const stopped = sectionAfter(answer, "stopped");
  if (stopped === undefined) return conclude(session, planned, transaction, answer, bookkeeping);
  rejectAll(
    planned,
    () =>
      new PolicyRoutingError("command", {
        topic: "guard-not-ready",
        host: session.host,
        what: `nothing was changed: ${stopped.rest}`,
        cameBack: stopped.text,
      }),
  );
  return true;
}

const lostMidway = (error: unknown): Reason => ({
  topic: "connection-lost",
  what: `while the change was applied: ${whatOf(error)}`,
  next: "look where answers to your own address go with the change, which may cut the host off; otherwise run pulumi up again",
});

/** Nothing in the kernel changes, so what is there afterwards is known before. */
function bookkeepingText(planned: Group, transaction: Transaction, seen: Observation): string[] {
  const { txn } = transaction;
  const revision = revisionText(
    planned,
    transaction,
    planned.reduce((state, one) => stateAfter(state, one.plan), seen.state),
  );
  return [revision.stage, `confirm ${txn}`, persistText(planned, seen) ?? "", revision.keep, `finish ${txn}`].filter((text) => text !== "");
}

function describeTransaction(planned: Group, seen: Observation, look: Look): Transaction {
  const guarded = planned.some(({ work, plan: one }) => !isEmpty(one) && work.guard.disabled !== true);
  const { change } = planned[0].work;
  return {
    txn: `t-${randomBytes(6).toString("hex")}`,
    holder: `${change.stack} by ${controller()} pid ${process.pid}`,
    before: { ...seen, state: askedFor(look, seen.state) },
    look,
    scope: { keys: new Set(planned.flatMap(({ plan: one }) => [...one.keys])), tags: change.tags },
    guard: guarded
      ? { seconds: Math.max(...planned.map(({ work }) => work.guard.confirmTimeout ?? defaultConfirmTimeout)), armedAt: performance.now() }
      : undefined,
    summary: `${stepsOf(planned)} steps for ${planned
      .map(({ work }) => work.change.id)
      .slice(0, 5)
      .join(", ")}${planned.length > 5 ? ` and ${planned.length - 5} more` : ""}`,
  };
}

/** A condition counts as one more thing to do. */
const stepsOf = (planned: Group): number =>
  planned.reduce((sum, { plan: one }) => sum + one.steps.length + one.steps.filter((step) => step.on === "ip" && step.onlyIf).length, 0);
