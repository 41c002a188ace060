import { whatOf } from "../../errors";
import { withSecondLook } from "../../kernel/observed/doubt";
import type { State } from "../../kernel/observed/state";
import { type Deviation, deviations } from "../../kernel/plan/plan";
import { parseState, readEntries } from "../reading/entries";
import { unmetExpectations } from "../reading/expectations";
import { type Answer, sectionsAfter } from "../wire/answer";
import type { Session } from "../wire/session";
import type { Planned } from "./planned";
import { failedProbes, probeResults } from "./probes";
import type { Refused } from "./refused";
import { type Reason, type Transaction, tookTooLong } from "./transaction";

/** What the answer to a transaction's frame says of it. */
export interface Verdict {
  /** What was read back; undefined where that cannot be read. */
  readonly after: State | undefined;
  readonly refused: ReadonlyMap<Planned, Refused>;
  readonly accepted: readonly Planned[];
  /** What is not as it was asked. */
  readonly deviating: readonly Deviation[];
  /** Why it must not be kept; undefined where it may. */
  readonly against: Reason | undefined;
}

const nothing = { after: undefined, refused: new Map(), accepted: [], deviating: [] };

/** What a change says that came after its guard. */
const late = "late";
/** The host counts in whole seconds: its guard fires up to one earlier than by our clock. */
const wholeSecond = 1000;

/** What is not as it was asked is looked at once more: while others change many rules, a reading passes over some that stand. */
export async function verdictOf(session: Session, planned: readonly Planned[], transaction: Transaction, answer: Answer): Promise<Verdict> {
  const first = await firstVerdict(planned, transaction, answer, session.host);
  const { after, deviating } = first;
  if (after === undefined || deviating.length === 0) return first;
  try {
    const again = await readEntries(await session.shell(), transaction.look);
    return verdictOn(planned, transaction, answer, withSecondLook(after, again, new Set(deviating.map(({ key }) => key))));
  } catch {
    return first;
  }
}

async function firstVerdict(planned: readonly Planned[], transaction: Transaction, answer: Answer, host: string): Promise<Verdict> {
  // What was read back then says nothing about the change.
  if (sectionsAfter(answer, "refused").some(({ text }) => text === late)) {
    const fired = "its guard fired while the change was still under way";
    return { ...nothing, against: tookTooLong(transaction, answer, wholeSecond, `: ${fired}`) ?? { topic: "reverted", what: fired } };
  }
  let after: State;
  try {
    after = await parseState(answer, transaction.look, host);
  } catch (error) {
    return { ...nothing, against: { topic: "read-back-differs", what: `what was applied could not be read back: ${whatOf(error)}` } };
  }
  return verdictOn(planned, transaction, answer, after);
}

function verdictOn(planned: readonly Planned[], transaction: Transaction, answer: Answer, after: State): Verdict {
  try {
    const verdict = judged(planned, transaction, answer, after);
    // Its guard may have undone it before it was read back.
    const { against } = verdict;
    return against === undefined
      ? verdict
      : { ...verdict, against: tookTooLong(transaction, answer, wholeSecond, `: ${against.what}`) ?? against };
  } catch (error) {
    const what = `what the host answered cannot be understood: ${whatOf(error)}`;
    return { ...nothing, after, against: { topic: "answer-not-understood", what } };
  }
}

function judged(planned: readonly Planned[], transaction: Transaction, answer: Answer, after: State): Verdict {
  const refused = new Map(
    sectionsAfter(answer, "refused").flatMap(({ rest, text }) => {
      const [number, at] = rest.split(" ");
      const one = planned[Number(number) - 1];
      const [, said = text, undoFailure] = /^([\s\S]*?)\nand its undo: ([\s\S]*)$/.exec(text) ?? [];
      return one === undefined ? [] : [[one, { text: said, at: at === "" ? undefined : at, undoFailure }] as const];
    }),
  );
  const accepted = planned.filter((one) => !refused.has(one));
  const deviating = accepted.flatMap(({ plan }) => deviations(plan, after));
  const probes = planned[0]?.work.guard.probes ?? [];
  const failing = failedProbes(probes, probeResults(probes, transaction.before.answer), probeResults(probes, answer));
  const unmet = unmetExpectations(
    planned.flatMap(({ work }) => [...work.expect]),
    answer,
  );
  const verdict = { after, refused, accepted, deviating };
  if (deviating.length > 0) {
    const what = `what was read back is not what was asked: ${deviating.map(({ text }) => text).join("; ")}`;
    return {
      ...verdict,
      against: { topic: "read-back-differs", what, next: "look who else changes it on the host (ip monitor), and run pulumi up again" },
    };
  }
  if (failing.length + unmet.length > 0)
    return {
      ...verdict,
      against: {
        topic: failing.length > 0 ? "probe-failed" : "expectation",
        what: [...failing, ...unmet].join("; "),
        next: failing.length > 0 ? "correct the entries, or the probe" : "correct the entries, or what is expected",
      },
    };
  return { ...verdict, against: accepted.length === 0 ? { topic: "kernel-refused", what: "the kernel refused every change" } : undefined };
}
