import type { Connection } from "../../declaration/connection";
import type { Flow } from "../../declaration/flow";
import { registerKey } from "../../declaration/registerKey";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../../errors";
import { againIn } from "../../kernel/history/marks";
import { type Network, proposed } from "../../kernel/lookup/network";
import { networkOfState } from "../../kernel/lookup/stateJson";
import { replyFlow } from "../../kernel/management/ownConnection";
import { lookFor } from "../../kernel/observed/kinds";
import { isCovered, type Look, lookAtNames, together } from "../../kernel/observed/look";
import type { ObservedName, State } from "../../kernel/observed/state";
import { stateAfter } from "../../kernel/plan/after";
import type { Becomes, Change } from "../../kernel/plan/change";
import { followedIn } from "../../kernel/plan/followed";
import { checkFamily, checkNeeds } from "../../kernel/plan/gate";
import { type Holding, holdingsOf } from "../../kernel/plan/holdings";
import { type ChangePlan, keysHeld, plan } from "../../kernel/plan/plan";
import { newGateways, type SeenGateway } from "../../kernel/route/gateways";
import { marksIn, takenBackError } from "../history/takenBack";
import type { Facts } from "../reading/facts";
import { readGateways } from "../reading/gateways";
import { readNetwork } from "../reading/network";
import { type Observation, observe } from "../reading/observe";
import { type Session, withSession } from "../wire/session";
import { managementRefusal } from "./management";

/** One resource's change that is not made, in the order in which the engine would ask for it. */
export interface Intended {
  readonly change: Change;
  readonly look: Look;
}

/** What would come of it, by the host as it is now. */
export interface Plans<Intention extends Intended> {
  readonly planned: readonly { readonly of: Intention; readonly plan: ChangePlan }[];
  readonly refused: readonly { readonly of: Intention; readonly error: PolicyRoutingError }[];
  /** Why the way of our own connection would not stay as it is, or that it cannot be told. */
  readonly management: PolicyRoutingError | undefined;
  /** A reply to our own connection. */
  readonly reply: Flow | undefined;
  readonly facts: Facts;
  /** Devices that entries of ours follow there now, by their keys in the register. */
  readonly follows: ReadonlyMap<string, string>;
  /** Who owns what there now. */
  readonly holdings: readonly Holding[];
  /** Names of tables there. */
  readonly names: readonly ObservedName[];
}

/** With all that decides where packets go, now and then. */
export interface Proposal<Intention extends Intended> extends Plans<Intention> {
  readonly before: Network;
  readonly after: Network;
  /** Gateways of what comes or changes, and what the host's neighbour table says of them. */
  readonly gateways: readonly SeenGateway[];
}

/** Reads a host and plans, one change after the other as if each had come true. Changes nothing. */
export const planOn = <Intention extends Intended>(connection: Connection, intended: readonly Intention[]): Promise<Plans<Intention>> =>
  withSession(connection, (session) => plansOf(session, intended));

/** The same, and where packets go. */
export const propose = <Intention extends Intended>(connection: Connection, intended: readonly Intention[]): Promise<Proposal<Intention>> =>
  withSession(connection, async (session) => {
    const plans = await plansOf(session, intended);
    const before = { ...networkOfState(await readNetwork(session, plans.facts)), follows: plans.follows };
    const after = { ...proposed(before, becomesOf(plans)), follows: followedAfter(plans) };
    return { ...plans, before, after, gateways: await readGateways(session, newGateways(before, after)) };
  });

const becomesOf = ({ planned }: Pick<Plans<Intended>, "planned">): Becomes[] => planned.flatMap(({ plan: { becomes } }) => [...becomes]);

const followedAfter = ({ follows, planned }: Plans<Intended>): Map<string, string> =>
  planned.reduce((now, { of: { change } }) => {
    for (const { key, follows: device } of change.wanted) {
      const at = registerKey(key, change.tags.owner);
      if (device === undefined) now.delete(at);
      else now.set(at, device);
    }
    return now;
  }, new Map(follows));

async function plansOf<Intention extends Intended>(session: Session, intended: readonly Intention[]): Promise<Plans<Intention>> {
  const seen = await observeAll(session, intended);
  const outcome = planInTurn(intended, seen, session.host);
  return {
    ...outcome,
    management: await managementRefusal(session, seen, becomesOf(outcome)),
    reply: replyFlow(seen.facts.ssh),
    facts: seen.facts,
    follows: followedIn(seen.state.register),
    holdings: holdingsOf(seen.state),
    names: seen.state.names,
  };
}

/** What the register on the host names as theirs is looked at too, wherever it is. */
async function observeAll(session: Session, intended: readonly Intended[]): Promise<Observation> {
  const look: Look = { ...together([lookAtNames, ...intended.map((one) => one.look)]), paths: true };
  const seen = await observe(await session.shell(), look, session.warn);
  const owned = together([look, lookFor(intended.flatMap(({ change }) => keysHeld(change, seen.state)))]);
  return isCovered(owned, seen.seen) ? seen : observe(await session.shell(), owned, session.warn);
}

function planInTurn<Intention extends Intended>(intended: readonly Intention[], { state: now, facts, answer }: Observation, host: string) {
  const marks = marksIn(answer);
  const planned: { of: Intention; plan: ChangePlan }[] = [];
  const refused: { of: Intention; error: PolicyRoutingError }[] = [];
  let state: State = now;
  let open = intended;
  while (open.length > 0) {
    const waiting: { of: Intention; error: PolicyRoutingError }[] = [];
    for (const of of open) {
      try {
        checkFamily(of.change.wanted, facts.ipv6);
        checkNeeds(
          of.change.wanted.flatMap(({ needs }) => [...needs]),
          facts,
        );
        const one = plan(of.change, state);
        if (one.wait !== undefined) {
          waiting.push({ of, error: one.wait.otherwise });
          continue;
        }
        const again = againIn(marks, one, state);
        if (again.refused) {
          refused.push({ of, error: takenBackError(again, host) });
          continue;
        }
        planned.push({ of, plan: one });
        state = stateAfter(state, one);
      } catch (error) {
        refused.push({
          of,
          error: isPolicyRoutingError(error) ? error : new PolicyRoutingError("bug", { topic: "bug", what: messageOf(error) }),
        });
      }
    }
    // Those that wait for others to let go are tried again once these have; nobody is left to wait for when none of them could go on.
    if (waiting.length === open.length) refused.push(...waiting);
    open = waiting.length === open.length ? [] : waiting.map(({ of }) => of);
  }
  return { planned, refused };
}
