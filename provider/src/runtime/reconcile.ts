import { isDeepStrictEqual } from "node:util";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { outcomeOf } from "../host/ending";
import { hostOf } from "../host/host";
import { together } from "../host/look";
import type { Applied } from "../host/work";
import type { Change } from "../kernel/change";
import { addressOf } from "../spec/connection";
import { tagsOf } from "../spec/owner";
import type { Declared, Kind } from "./kind";

type Properties = Record<string, unknown>;

/** The version of the state's form. Older forms stay readable: this module is a frozen door. */
export const schema = 1;

/** What the engine keeps: the canonical inputs, which machine it was, and what puts it back after a reboot. */
export function outputsOf(inputs: Properties, machineId: string, persisted: string): Properties {
  return { ...inputs, machineId, persisted, schema };
}

export function changeOf(id: string, { owner, adopt }: Declared, wanted: Declared["wanted"], renew = false): Change {
  return { id, stack: owner.stack, tags: tagsOf(owner.proto), adopt, wanted, renew };
}

/** create and update are one: make the host show what is declared. `olds` says where to look for what the id held before. */
export async function ensure(kind: Kind, id: string, inputs: Properties, olds?: Properties): Promise<Applied> {
  const declared = kind.declared(inputs);
  const renew = olds !== undefined && kind.fadingFields.some((name) => olds[name] !== inputs[name]);
  try {
    return await hostOf(declared.connection).change({
      change: changeOf(id, declared, declared.wanted, renew),
      look: together([declared.look, ...(olds === undefined ? [] : [kind.declared(olds).look])]),
      guard: declared.guard,
      wish: declared.wish,
    });
  } catch (error) {
    throw forEngine(error, id, inputs);
  }
}

/** Removes whatever the register on the host names as this id's. What is already gone is a success. */
export async function remove(id: string, declared: Declared): Promise<void> {
  const host = hostOf(declared.connection);
  const { state } = await host.change({ change: changeOf(id, declared, []), look: declared.look, guard: declared.guard });
  for (const { key, label, read } of declared.wanted) {
    // Ours by its tag, but the register was lost: whose it is cannot be told, so it stays.
    if (state.register.entries.get(key) === undefined && read(state, tagsOf(declared.owner.proto), id) !== undefined)
      host.warn("left as it is: the register on the host does not name its owner", label);
  }
}

/** True when the host already shows what is declared and only the way to get there changed. */
export function isOnlyLogin(kind: Kind, olds: Properties, news: Properties): boolean {
  const before = kind.declared(olds);
  const after = kind.declared(news);
  return (
    olds["observed"] !== false &&
    typeof olds["machineId"] === "string" &&
    addressOf(before.connection) === addressOf(after.connection) &&
    kind.entryFields.every((name) => isDeepStrictEqual(olds[name], news[name]))
  );
}

/**
 * The host's address changed. Is it another machine? Its machine-id tells. If so, the new one is made right first, and only then the old
 * one is cleaned; an old one that does not answer is asked before anything is changed.
 */
export async function readdress(kind: Kind, id: string, olds: Properties, news: Properties): Promise<Applied> {
  const before = kind.declared(olds);
  const after = kind.declared(news);
  const { facts } = await hostOf(after.connection).look(after.look);
  const sameMachine = facts.machineId !== "" && facts.machineId === olds["machineId"];
  if (!sameMachine) await hostOf(before.connection).look(before.look);
  const applied = await ensure(kind, id, news, olds);
  if (!sameMachine) await remove(id, before);
  return applied;
}

/** An error that carries what the engine must keep: an object that was left in a state which is neither before nor after is kept, with reasons. */
export class InitializationFailed extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: string[];

  constructor(id: string, properties: Properties, reason: string) {
    super(reason);
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}

function forEngine(error: unknown, id: string, inputs: Properties): Error {
  if (outcomeOf(error) === "differs")
    return new InitializationFailed(id, { ...outputsOf(inputs, "", ""), observed: false }, messageOf(error));
  return isPolicyRoutingError(error) ? error : new PolicyRoutingError("bug", { what: messageOf(error), cause: error });
}
