import { isDeepStrictEqual } from "node:util";
import { tagsOf } from "../declaration/owner";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { hostOf } from "../host/host";
import { readFacts } from "../host/reading/network";
import type { Applied } from "../host/transaction/work";
import { tagsAt } from "../kernel/observed/kinds";
import { nothingMore, together } from "../kernel/observed/look";
import type { Change } from "../kernel/plan/change";
import type { Declared } from "./declared";
import { InitializationFailed } from "./initializationFailed";
import type { Kind } from "./kind";
import { sameness } from "./machine";
import type { Ask, Run } from "./run";
import { reasonOf, unaskedOrRecipe } from "./unreachable";

type Properties = Record<string, unknown>;

/** The version of the state's form. Older forms stay readable: this module is a frozen door. */
const schema = 1;

/**
 * What the engine keeps: the canonical inputs, which machine it was, what puts it back after a reboot, and for whole hosts when the last change
 * was confirmed there.
 */
export function outputsOf(inputs: Properties, machineId: string, persisted: string, appliedAt?: unknown): Properties {
  return { ...inputs, machineId, persisted, ...(typeof appliedAt === "string" ? { appliedAt } : {}), schema };
}

export function changeOf(id: string, { owner, adopt, exclusive, label }: Declared, wanted: Declared["wanted"]): Change {
  return { id, stack: owner.stack, tags: tagsOf(owner.proto), adopt, exclusive, label, wanted };
}

/** Keys of entries whose lifetimes were changed. */
function renewed(before: Declared, after: Declared): Set<string> {
  const old = new Map(before.wanted.map(({ key, fading }) => [key, fading]));
  return new Set(after.wanted.flatMap(({ key, fading }) => (old.has(key) && old.get(key) !== fading ? [key] : [])));
}

const hopsOf = ({ wanted }: Declared): Change["hops"] =>
  new Map(wanted.flatMap(({ key, hops }) => (hops === undefined ? [] : [[key, hops]])));

/** The change of create and update: the host shows what is declared. */
export function changeToEnsure(id: string, declared: Declared, before?: Declared): Change {
  const change = changeOf(id, declared, declared.wanted);
  if (before === undefined) return change;
  const former = before.owner.proto === declared.owner.proto ? undefined : tagsOf(before.owner.proto);
  return { ...change, former, renew: renewed(before, declared), hops: hopsOf(before) };
}

/** The change of delete: what the register names as this id's goes. */
export const changeToRemove = (id: string, declared: Declared): Change => ({
  ...changeOf(id, declared, []),
  exclusive: false,
  hops: hopsOf(declared),
});

/** create and update are one: make the host show what is declared. `before` says where to look for what the id held until now. */
export async function ensure(id: string, declared: Declared, inputs: Properties, before?: Declared, run?: Run): Promise<Applied> {
  const host = hostOf(declared.connection);
  const ask: Ask = (connection) =>
    readFacts(connection).catch((error: unknown) => {
      host.warn({
        topic: "declared-twice",
        object: declared.label,
        what: `cannot tell whether ${connection.host}, where the program declares it too, is this host: ${reasonOf(error)}`,
      });
      return undefined;
    });
  try {
    return await host.change({
      change: changeToEnsure(id, declared, before),
      look: together([declared.look, ...(before === undefined ? [] : [before.look])]),
      guard: declared.guard,
      expect: declared.expect,
      wish: declared.wish,
      refusal: async (takes, here) => run?.refusal(id, declared, takes, here, ask),
    });
  } catch (error) {
    throw forEngine(error, id, { ...inputs, ...stillHeld(before) });
  }
}

/** Removes whatever the register on the host names as this id's. What is already gone is a success. What it demanded of packets ends with it. */
export async function remove(id: string, declared: Declared): Promise<void> {
  const host = hostOf(declared.connection);
  const { probes: _probes, hold: _hold, confirmBy: _confirmBy, ...guard } = declared.guard;
  const { state } = await host.change({
    change: changeToRemove(id, declared),
    look: declared.look,
    guard,
    expect: [],
  });
  const tags = tagsOf(declared.owner.proto);
  const left = declared.wanted.filter(({ holder, read }) => holder(state, tags, id) === undefined && read(state, tags, id) !== undefined);
  // Ours by its tag, but the register was lost: whose it is cannot be told, so it stays. A setting has no tag: where nothing else says that the
  // register was lost, it was so before.
  const tagged = left.filter(({ key }) => tagsAt(state, key) !== undefined);
  for (const { key, label } of tagged.length === 0 ? [] : left) {
    const andWhat = tagged.some((one) => one.key === key) ? "" : ", nor what it was before";
    host.warn({ topic: "owner-unknown", object: label, what: `left as it is: the register on the host does not name its owner${andWhat}` });
  }
}

/** True when the host already shows what is declared and only the way to get there changed. */
export function isOnlyLogin(kind: Kind, olds: Properties, news: Properties): boolean {
  return (
    olds["observed"] !== false &&
    typeof olds["machineId"] === "string" &&
    kind.entryFields.every((name) => isDeepStrictEqual(olds[name], news[name]))
  );
}

/**
 * The host's address changed. Is it another machine? What both addresses say tells. If so, the new one is made right first, and only then the
 * old one is cleaned; an old one that does not answer is asked before anything is changed.
 */
export async function readdress(
  id: string,
  before: Declared,
  machineId: unknown,
  after: Declared,
  inputs: Properties,
  run?: Run,
): Promise<Applied> {
  const [old, now] = [hostOf(before.connection), hostOf(after.connection)];
  const { facts } = await now.look(after.look);
  // What the state remembers can keep, never remove.
  const isKnown = facts.machineId !== "" && facts.machineId === machineId;
  const answers = await old.look(nothingMore).then(() => true, unaskedOrRecipe(before.connection.host, id, isKnown));
  const applied = await ensure(id, after, inputs, before, run);
  if (answers) await removeElsewhere(id, before, after, applied);
  return applied;
}

/** Removes what is left at the old address, if that is another machine. The new one is asked before and behind: it may have booted meanwhile. */
async function removeElsewhere(id: string, before: Declared, after: Declared, applied: Applied): Promise<void> {
  const old = hostOf(before.connection);
  const { facts: there } = await old.lookAnew();
  const { facts: here } = await hostOf(after.connection).lookAnew();
  const found = sameness(applied.facts, here) === "same" ? sameness(here, there) : "unknown";
  if (found === "other") await remove(id, before);
  if (found === "unknown")
    old.warn({
      topic: "old-address",
      what: `left as it is: it cannot be told whether it is another machine than ${after.connection.host}. If it is, what ${id} owns is still there`,
    });
}

/** Where the host may still hold what the id had until now: the next change looks there again. */
const stillHeld = (before: Declared | undefined): Properties =>
  before === undefined ? {} : { owner: before.owner, connection: before.connection };

function forEngine(error: unknown, id: string, inputs: Properties): Error {
  if (isPolicyRoutingError(error) && error.outcome === "differs")
    return new InitializationFailed(id, { ...outputsOf(inputs, "", ""), observed: false }, messageOf(error));
  return isPolicyRoutingError(error) ? error : new PolicyRoutingError("bug", { topic: "bug", what: messageOf(error), cause: error });
}
