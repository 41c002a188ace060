import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { compare } from "../kernel/compare";
import { lackOf } from "../kernel/gate";
import { deviations } from "../kernel/plan";
import type { State } from "../kernel/state";
import { leftovers } from "../kernel/store";
import type { StoredObject } from "../kernel/stored";
import { type Answer, sectionAfter, sectionsAfter } from "./answer";
import { confirm } from "./confirm";
import { type Ending, endingError, revertedText, withOutcome } from "./ending";
import { unmetExpectations } from "./expectations";
import { refusedStep } from "./frames";
import { type Facts, parseState } from "./observe";
import { parsePersistence, persistText } from "./persistence";
import { labelOf, type Planned, persistedOf } from "./planned";
import { failedProbes, probeResults } from "./probes";
import { retract } from "./retract";
import type { Session } from "./session";
import type { Transaction } from "./transaction";
import type { Work } from "./work";

const objectsFolder = "/etc/policy-routing/objects";
/** What a change says that came after its guard. */
const late = "late";

/** Verify, confirm, and tell each resource what became of it. False when what needed no change was changed by somebody meanwhile. */
export async function conclude(
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
  const refusals = new Map(
    sectionsAfter(answer, "refused").map(({ rest, text }) => {
      const [number, batch] = rest.split(" ").map(Number);
      return [planned[(number ?? 0) - 1], { text, batch: batch ?? -1 }];
    }),
  );
  const accepted = planned.filter((one) => !refusals.has(one));
  const deviating = accepted.flatMap(({ plan: one }) => deviations(one, after));
  if (bookkeeping && deviating.length > 0) return false;
  const probes = planned[0]?.work.guard.probes ?? [];
  const failing = failedProbes(probes, probeResults(probes, transaction.before.answer), probeResults(probes, answer));
  const unmet = unmetExpectations(
    planned.flatMap(({ work }) => [...work.expect]),
    answer,
  );
  const wrong = [...deviating, ...failing, ...unmet];
  const reason =
    deviating.length > 0
      ? `what was read back is not what was asked: ${deviating.join("; ")}`
      : failing.length + unmet.length > 0
        ? [...failing, ...unmet].join("; ")
        : "the kernel refused every change";
  const ending: Ending =
    wrong.length > 0 || accepted.length === 0
      ? await retract(session, transaction, reason)
      : bookkeeping
        ? {
            outcome: "applied",
            state: after,
            persistence: sectionAfter(answer, "persistence") === undefined ? transaction.before.persistence : parsePersistence(answer),
          }
        : await confirm(session, transaction, after, persistText(accepted, transaction.before));
  if (ending.outcome !== "unknown") session.end(transaction.txn);
  for (const one of planned) {
    const refused = refusals.get(one);
    const { work } = one;
    if (refused !== undefined && ending.outcome !== "unknown")
      work.reject(
        refusalOf(
          session.host,
          transaction.before.facts,
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

export async function endAll(session: Session, planned: readonly Planned[], transaction: Transaction, reason: string): Promise<void> {
  const ending = await retract(session, transaction, reason);
  if (ending.outcome !== "unknown") session.end(transaction.txn);
  for (const one of planned) settle(session, one, transaction, ending);
}

function settle(session: Session, { work, plan: one, store }: Planned, transaction: Transaction, ending: Ending): void {
  if (ending.outcome === "applied") {
    const { failure } = ending.persistence;
    const left = work.change.wanted.length > 0 ? [] : leftovers(work.change, {}, ending.persistence);
    // Were it told as removed, nobody would remember to remove it from the disk.
    if (left.length > 0) {
      work.reject(notForGood(session.host, work, left, failure));
      return;
    }
    if (failure !== undefined && store.lines.length > 0)
      session.warn(`applied, but what it would be after a reboot could not be written: ${failure}`, labelOf(work));
    for (const note of one.notes) session.warn(note, labelOf(work));
    work.resolve({ state: ending.state, facts: transaction.before.facts, persisted: persistedOf(work, ending.persistence) });
  } else work.reject(endingError(session.host, labelOf(work), ending));
}

const notForGood = (host: string, work: Work, left: readonly StoredObject[], failure: string | undefined): PolicyRoutingError =>
  new PolicyRoutingError("command", {
    host,
    object: labelOf(work),
    what: `gone until the next boot only: ${left.map(({ file, oldFile }) => `${objectsFolder}/${oldFile ?? file}`).join(", ")} could not be removed`,
    cameBack: failure,
    next: "run it again once the host can write there",
  });

interface Refusal {
  readonly text: string;
  /** Which batch of the change it was. */
  readonly batch: number;
}

/** The kernel refused one change of a group: it was undone alone. */
function refusalOf(
  host: string,
  facts: Facts,
  { work, plan: one }: Planned,
  refused: Refusal,
  ending: Exclude<Ending, { outcome: "unknown" }>,
  differences: readonly string[],
): PolicyRoutingError {
  const refusedAt = refusedStep(one.steps, refused.batch, refused.text);
  const left =
    ending.outcome === "reverted" ? ending.differences : differences.filter((text) => one.keys.some((key) => text.startsWith(`${key}:`)));
  const lack = lackOf(refused.text, facts);
  return withOutcome(
    new PolicyRoutingError(lack === undefined ? "command" : "unsupported", {
      host,
      object: labelOf(work),
      what: `${lack ?? "the kernel refused it"}; ${revertedText(left)}`,
      ran: (refusedAt === undefined ? one.steps.filter((step) => !/^. when /.test(step)).slice(0, 3) : [refusedAt])
        .map((step) => step.replace(/^[46N]/, (option) => `ip -${option}`))
        .join("; "),
      cameBack: refused.text,
    }),
    left.length === 0 ? "reverted" : "differs",
  );
}

export const whatOf = (error: unknown): string => (isPolicyRoutingError(error) ? error.parts.what : messageOf(error));
