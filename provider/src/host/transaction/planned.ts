import { setImmediate } from "node:timers/promises";
import type { Expectation } from "../../declaration/expectation";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../../errors";
import { persistedText, type StorePlan, storePlan } from "../../kernel/persist/store";
import type { Becomes } from "../../kernel/plan/change";
import { checkFamily, checkNeeds } from "../../kernel/plan/gate";
import { type ChangePlan, deviations, isEmpty, plan } from "../../kernel/plan/plan";
import { lookupText, unmetExpectations } from "../reading/expectations";
import type { Observation } from "../reading/observe";
import { replay } from "../scripts";
import type { Session } from "../wire/session";
import { foreseen } from "./foreseen";
import { managementRefusal } from "./management";
import type { Work } from "./work";

/** What one change of a group needs, and whose it is. */
export interface Planned {
  readonly work: Work;
  readonly plan: ChangePlan;
  readonly store: StorePlan;
}

/** At least one. */
export type Group = readonly [Planned, ...Planned[]];

/**
 * Plans in the order of stages. Changes that share a key with an earlier one wait for the next transaction, and so do those that wait for
 * what another one of these lets go of.
 */
export function planAll(works: readonly Work[], seen: Observation, host: string): { planned: Planned[]; deferred: Work[] } {
  const possible = works.flatMap((work) => {
    try {
      checkFamily(work.change.wanted, seen.facts.ipv6);
      checkNeeds(
        work.change.wanted.flatMap(({ needs }) => [...needs]),
        seen.facts,
      );
      const planned = plan(work.change, seen.state);
      return [{ work, plan: planned, store: storePlan(planned, work.wish ?? {}, seen.persistence, replay.version) }];
    } catch (error) {
      work.reject(
        isPolicyRoutingError(error)
          ? error.at({ host, object: labelOf(work) })
          : new PolicyRoutingError("bug", { topic: "bug", host, what: messageOf(error), cause: error }),
      );
      return [];
    }
  });
  const planned: Planned[] = [];
  const deferred: Work[] = [];
  const taken = new Set<string>();
  for (const one of possible) {
    const { keys, wait } = one.plan;
    const others = possible.filter((other) => other !== one && !isEmpty(other.plan)).flatMap(({ plan: { keys: theirs } }) => theirs);
    if (wait !== undefined && !wait.keys.some((key) => others.includes(key))) {
      one.work.reject(wait.otherwise.at({ host, object: labelOf(one.work) }));
      continue;
    }
    if (wait !== undefined || keys.some((key) => taken.has(key))) deferred.push(one.work);
    else planned.push(one);
    for (const key of keys) taken.add(key);
  }
  return { planned: planned.sort((a, b) => a.plan.order - b.plan.order), deferred };
}

/**
 * Those that take nothing from whom the program leaves it, do not move the way of our own connection and send packets where they are expected,
 * each beside the ones before it. The others are refused.
 */
export async function permitted(session: Session, planned: readonly Planned[], seen: Observation): Promise<Planned[]> {
  const accepted: Planned[] = [];
  for (const one of planned) {
    // Each is looked up in the whole state: others have their turn between.
    await setImmediate();
    const becomes = [...accepted, one].flatMap(({ plan: { becomes: after } }) => after);
    const contested = await one.work.refusal?.(one.plan.takes ?? [], seen.facts);
    const mayMove = contested !== undefined || one.work.guard.allowManagementPathChange === true;
    const refusal =
      one.work.back?.refusal(seen) ??
      contested ??
      (mayMove ? undefined : await managementRefusal(session, seen, becomes)) ??
      (await unmetRefusal(session, seen, one, becomes));
    if (refusal === undefined) accepted.push(one);
    else one.work.reject(refusal.at({ object: labelOf(one.work) }));
  }
  return accepted;
}

/** Why it is not made: it would not send packets where they are expected, or this host is too large to foresee that. */
async function unmetRefusal(
  session: Session,
  seen: Observation,
  { work }: Planned,
  becomes: readonly Becomes[],
): Promise<PolicyRoutingError | undefined> {
  try {
    const unmet = await foreseen(session, seen, work.expect, becomes);
    if (unmet.length === 0) return undefined;
    return new PolicyRoutingError("verify", {
      topic: "expectation",
      host: session.host,
      what: `refused, nothing was changed: once it is made, ${unmet.join("; ")}`,
      next: "correct the entries, or what is expected",
    });
  } catch (error) {
    if (isPolicyRoutingError(error) && error.kind === "unsupported") return error;
    throw error;
  }
}

/** Nothing to do: what is there must be as declared, and packets must go where they are expected. */
export async function settleEmpty(planned: readonly Planned[], seen: Observation, session: Session): Promise<void> {
  for (const { work, plan: empty } of planned) {
    const wrong = deviations(empty, seen.state);
    for (const { topic, did } of empty.notes) session.warn({ topic, object: labelOf(work), what: did });
    const unmet = work.expect.length === 0 ? [] : await unmetNow(session, work.expect);
    if (unmet.length > 0)
      work.reject(
        new PolicyRoutingError("verify", {
          topic: "expectation",
          host: session.host,
          object: labelOf(work),
          what: `refused: what is expected does not hold on the host as it is: ${unmet.join("; ")}`,
          next: "correct the entries, or what is expected",
        }),
      );
    else if (wrong.length === 0) work.resolve({ state: seen.state, facts: seen.facts, persisted: persistedOf(work, seen), isIdle: true });
    else
      work.reject(
        new PolicyRoutingError("bug", {
          topic: "bug",
          host: session.host,
          what: `an empty plan, but ${wrong.map(({ text }) => text).join(", ")}`,
        }),
      );
  }
}

async function unmetNow(session: Session, expectations: readonly Expectation[]): Promise<string[]> {
  const answer = await (await session.shell()).run(lookupText(expectations));
  return unmetExpectations(expectations, answer);
}

export const persistedOf = ({ change, wish = {} }: Work, { persistence, state }: Pick<Observation, "persistence" | "state">): string =>
  persistedText(change, wish, persistence, replay.version, state);

export function rejectAll(planned: readonly Planned[], error: () => PolicyRoutingError): void {
  for (const { work } of planned) work.reject(error());
}

export function labelOf({ change }: Work): string {
  const [first] = change.wanted;
  return change.label ?? first?.label ?? change.id;
}
