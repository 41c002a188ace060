import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { addressOf } from "../declaration/connection";
import { tagsOf } from "../declaration/owner";
import { registerKey } from "../declaration/registerKey";
import { marksIn } from "../host/history/takenBack";
import { hostOf } from "../host/host";
import { persistFound } from "../host/persistence";
import type { Observation } from "../host/reading/observe";
import { missedIn, textOf } from "../kernel/history/marks";
import { lookFor } from "../kernel/observed/kinds";
import { isCovered, together } from "../kernel/observed/look";
import type { State } from "../kernel/observed/state";
import type { Persistence } from "../kernel/persist/persistence";
import { leftovers } from "../kernel/persist/store";
import { keysOf } from "../kernel/plan/register";
import type { Declared } from "./declared";
import type { Handlers, Properties } from "./handlers";
import { InitializationFailed } from "./initializationFailed";
import type { Kind } from "./kind";
import { marked } from "./marked";
import { untilDone } from "./orphan";
import { changeOf, changeToRemove, ensure, isOnlyLogin, outputsOf, readdress, remove } from "./reconcile";
import type { Run } from "./run";
import { forgottenOrRecipe, keptOrRecipe } from "./unreachable";

type Calls = Pick<Handlers, "create" | "read" | "update" | "delete">;

/** What happens on hosts. `run` is known where the engine calls. */
export function lifeCycle(kind: Kind, run?: Run): Calls {
  const calls: Calls = {
    create: async (news) => {
      const inputs = withoutProvider(news);
      const declared = kind.declared(inputs);
      const id = `${declared.connection.host}/${declared.place}#${randomBytes(6).toString("base64url")}`;
      run?.declares(id, kind, inputs);
      const { facts, persisted } = await ensure(id, declared, inputs, undefined, run);
      return { id, outs: outputsOf(inputs, facts.machineId, persisted, kind.now()) };
    },
    read: async (id, props) => {
      const declared = kind.declared(props);
      const looked = await lookAtAll(id, declared).catch(keptOrRecipe(declared.connection.host));
      if (looked === "kept")
        return { id, props: marked({ ...withoutProvider(props), observed: false }), inputs: marked(kind.check(props).inputs) };
      const { state, facts, persistence } = looked;
      for (const { label, owner } of declared.others(state, id))
        hostOf(declared.connection).warn({
          topic: "of-another-resource",
          object: label,
          what: `is there, but is not this resource's: the register names ${owner.id} of stack ${owner.stack}`,
        });
      tellBefore(declared, declared.before(state, id));
      tellTakenBack(declared, looked);
      const seen = declared.read(state, id);
      const left = seen === undefined ? leftOnDisk(id, declared, state, persistence) : new Set<string>();
      if (seen === undefined && left.size === 0) return {};
      // What only a boot would bring back is not gone: nobody else remembers to remove it. What stands under another tag is to be persisted so.
      const now = seen?.["owner"] === undefined ? declared : kind.declared({ ...props, owner: seen["owner"] });
      const found = persistFound(changeOf(id, now, seen === undefined ? [] : now.wanted), now.wish, persistence, state);
      const { inputs } = kind.check({
        ...withoutEntries(props, kind.entryFields),
        owner: props["owner"],
        ...(seen ?? { persist: declared.wish.persist, ...declared.only(left) }),
        ...(declared.wish.coexist === undefined ? {} : { coexist: declared.wish.coexist }),
        ...(found.persist === undefined ? {} : { persist: found.persist }),
      });
      const outs = outputsOf(inputs, facts.machineId, found.persisted, props["appliedAt"]);
      return { id, props: marked(outs), inputs: marked(inputs) };
    },
    update: async (id, olds, news) => {
      const inputs = withoutProvider(news);
      const before = kind.declared(olds);
      const after = kind.declared(inputs);
      const moved = addressOf(before.connection) !== addressOf(after.connection);
      run?.declares(id, kind, inputs);
      if (!moved && isOnlyLogin(kind, olds, inputs) && run?.mustAsk(id) !== true)
        return { outs: outputsOf(inputs, String(olds["machineId"]), String(olds["persisted"] ?? ""), olds["appliedAt"]) };
      const { facts, persisted } = moved
        ? await readdress(id, before, olds["machineId"], after, inputs, run)
        : await ensure(id, after, inputs, before, run);
      return { outs: outputsOf(inputs, facts.machineId, persisted, kind.now()) };
    },
    delete: async (id, props) => {
      const declared = kind.declared(props);
      run?.removes(id);
      await remove(id, declared).catch(forgottenOrRecipe(declared.connection.host, id));
    },
  };
  return {
    ...calls,
    create: (inputs) => untilDone(calls.create(inputs).catch(keepProvider(inputs))),
    update: (id, olds, news) => untilDone(calls.update(id, olds, news).catch(keepProvider(news))),
    delete: (id, props) => untilDone(calls.delete(id, props)),
  };
}

/** Of how many a refresh tells by name. */
const most = 5;

function tellBefore({ connection, label }: Declared, all: readonly { readonly label: string; readonly what: string }[]): void {
  const [first, ...others] = all;
  if (first === undefined) return;
  const told = all.slice(0, most).map((one) => (others.length === 0 ? one.what : `${one.label}: ${one.what}`));
  hostOf(connection).warn({
    topic: "foreign-before",
    object: others.length === 0 ? first.label : label,
    what: [...told, ...(all.length > most ? [`and ${all.length - most} more`] : [])].join("; "),
    next: "remove it from the file that makes it: npx --no-install policy-routing adopt HOST --twins prints what removes it now",
  });
}

/** What is declared, and what else the register names as the id's. */
async function lookAtAll(id: string, declared: Declared): Promise<Observation> {
  const { connection, look } = declared;
  const host = hostOf(connection);
  const seen = await host.look(look);
  const whole = together([look, lookFor(keysOf(seen.state.register, id))]);
  const all = isCovered(whole, look) ? seen : await host.look(whole);
  if (!isBehind(declared, all)) return all;
  await setTimeout(toFollow);
  return host.lookAnew(whole);
}

/** Milliseconds in which the service on a host follows a device. */
const toFollow = 2000;

/** What follows a device is not as that is now, and the service that follows is there: it may be about to. */
const isBehind = ({ wanted, owner }: Declared, { state, persistence }: Observation): boolean =>
  persistence.inPlace.has("systemd") &&
  wanted.some(({ follows, missing }) => follows !== undefined && missing(state, tagsOf(owner.proto)) !== undefined);

/** A refresh shows it as drift, and the next `up` would make it again. */
function tellTakenBack({ connection, owner, wanted, label }: Declared, { state, answer }: Observation): void {
  const keys = wanted.map(({ key }) => registerKey(key, tagsOf(owner.proto).owner));
  const missed = missedIn(marksIn(answer), { stack: owner.stack, keys }, state);
  if (missed.length === 0) return;
  hostOf(connection).warn({
    topic: "was-taken-back",
    object: label ?? wanted[0]?.label,
    what: `is not as its state says: this is ${textOf(missed)}`,
    next: "correct the program, as by git revert; an up that makes it again is refused",
  });
}

/** Keys of the register of what is removed from the kernel, and not from the disk. What waits for its device is the register's. */
const leftOnDisk = (id: string, declared: Declared, { register }: State, seen: Persistence): ReadonlySet<string> =>
  new Set(leftovers(changeToRemove(id, declared), {}, seen).flatMap(({ key }) => (register.entries.get(key)?.id === id ? [] : [key])));

/** The engine stores what a failed create or update carries as it is, and needs the text to read or delete it later. */
const keepProvider =
  ({ __provider }: Properties) =>
  (error: unknown): never => {
    throw error instanceof InitializationFailed
      ? new InitializationFailed(error.id, { ...marked(error.properties), __provider }, error.message)
      : error;
  };
const withoutProvider = ({ __provider: _text, ...inputs }: Properties): Properties => inputs;
const withoutEntries = (props: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(props).filter(([name]) => !names.includes(name)));
