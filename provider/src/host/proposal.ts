import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { stateAfter } from "../kernel/after";
import type { Change } from "../kernel/change";
import { checkNeeds } from "../kernel/gate";
import { type Holding, holdingsOf } from "../kernel/holdings";
import { type Network, proposed } from "../kernel/lookup/network";
import { networkOfState } from "../kernel/lookup/stateJson";
import { replyFlow } from "../kernel/ownConnection";
import { type ChangePlan, plan } from "../kernel/plan";
import { keysOf } from "../kernel/register";
import type { State } from "../kernel/state";
import type { Connection } from "../spec/connection";
import type { Flow } from "../spec/flow";
import type { Facts } from "./facts";
import { isCovered, type Look, lookAtNames, lookFor, together } from "./look";
import { managementRefusal } from "./management";
import { readNetwork } from "./network";
import { type Observation, observe } from "./observe";
import { Session } from "./session";

/** One resource's change that is not made, in the order in which the engine would ask for it. */
export interface Intended {
  readonly change: Change;
  readonly look: Look;
}

/** What would come of it, by the host as it is now. */
export interface Proposal<Intention extends Intended> {
  readonly before: Network;
  readonly after: Network;
  readonly planned: readonly { readonly of: Intention; readonly plan: ChangePlan }[];
  readonly refused: readonly { readonly of: Intention; readonly error: PolicyRoutingError }[];
  /** Why the way of our own connection would not stay as it is, or that it cannot be told. */
  readonly management: PolicyRoutingError | undefined;
  /** A reply to our own connection. */
  readonly reply: Flow | undefined;
  readonly facts: Facts;
  /** Who owns what there now. */
  readonly holdings: readonly Holding[];
}

/** Reads a host and plans, one change after the other as if each had come true. Changes nothing. */
export async function propose<Intention extends Intended>(
  connection: Connection,
  intended: readonly Intention[],
): Promise<Proposal<Intention>> {
  const session = new Session(connection);
  try {
    const seen = await observeAll(session, intended);
    const before = networkOfState(await readNetwork(session, seen.facts));
    const outcome = planInTurn(intended, seen);
    const becomes = outcome.planned.flatMap((one) => [...one.plan.becomes]);
    return {
      ...outcome,
      before,
      after: proposed(before, becomes),
      management: await managementRefusal(session, seen, becomes),
      reply: replyFlow(seen.facts.ssh),
      facts: seen.facts,
      holdings: holdingsOf(seen.state),
    };
  } finally {
    session.close();
  }
}

/** What the register on the host names as theirs is looked at too, wherever it is. */
async function observeAll(session: Session, intended: readonly Intended[]): Promise<Observation> {
  const look: Look = { ...together([lookAtNames, ...intended.map((one) => one.look)]), paths: true };
  const seen = await observe(await session.shell(), look, session.warn);
  const owned = together([look, lookFor(intended.flatMap(({ change }) => keysOf(seen.state.register, change.id)))]);
  return isCovered(owned, look) ? seen : observe(await session.shell(), owned, session.warn);
}

function planInTurn<Intention extends Intended>(intended: readonly Intention[], { state: now, facts }: Observation) {
  const planned: { of: Intention; plan: ChangePlan }[] = [];
  const refused: { of: Intention; error: PolicyRoutingError }[] = [];
  let state: State = now;
  let open = intended;
  while (open.length > 0) {
    const waiting: { of: Intention; error: PolicyRoutingError }[] = [];
    for (const of of open) {
      try {
        checkNeeds(
          of.change.wanted.flatMap(({ needs }) => [...needs]),
          facts,
        );
        const one = plan(of.change, state);
        if (one.wait !== undefined) {
          waiting.push({ of, error: one.wait.otherwise });
          continue;
        }
        planned.push({ of, plan: one });
        state = stateAfter(state, one);
      } catch (error) {
        refused.push({ of, error: isPolicyRoutingError(error) ? error : new PolicyRoutingError("bug", { what: messageOf(error) }) });
      }
    }
    // Those that wait for others to let go are tried again once these have; nobody is left to wait for when none of them could go on.
    if (waiting.length === open.length) refused.push(...waiting);
    open = waiting.length === open.length ? [] : waiting.map(({ of }) => of);
  }
  return { planned, refused };
}
