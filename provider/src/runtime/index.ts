import { randomBytes } from "node:crypto";
import { hostOf } from "../host/host";
import { persistFound } from "../host/persistence";
import { addressOf } from "../spec/connection";
import { kindOf } from "./kinds";
import { bearLostOutput, endWithEngine, engineAddress, listens, untilDone } from "./orphan";
import { changeOf, ensure, InitializationFailed, isOnlyLogin, outputsOf, readdress, remove } from "./reconcile";
import { forgottenOrRecipe, keptOrRecipe } from "./unreachable";

type Properties = Record<string, unknown>;

/** What the engine's dynamic provider calls: @pulumi/pulumi, cmd/dynamic-provider. */
export interface Handlers {
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ replaces: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

/**
 * The life cycle of one kind of resource. A frozen door: states of every older version call it by the kind's name, so names, methods and
 * what they read may only grow.
 */
export function handlers(kindName: string): Handlers {
  const kind = kindOf(kindName);
  const calls: Handlers = {
    // The engine prints the value of a property that is named, secrets included: the path stands in the reason instead.
    check: async (_olds, news) => {
      const { inputs, failures } = kind.check(news);
      return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
    },
    // `changes` stays undefined: the engine compares canonical inputs itself, and shows and keeps secret what it should.
    diff: async () => ({ replaces: [] }),
    create: async (news) => {
      const inputs = withoutProvider(news);
      const declared = kind.declared(inputs);
      const id = `${declared.connection.host}/${declared.place}#${randomBytes(6).toString("base64url")}`;
      const { facts, persisted } = await ensure(id, declared, inputs);
      return { id, outs: outputsOf(inputs, facts.machineId, persisted, kind.now()) };
    },
    read: async (id, props) => {
      const declared = kind.declared(props);
      const looked = await hostOf(declared.connection).look(declared.look).catch(keptOrRecipe(declared.connection.host));
      if (looked === "kept") return { id, props: { ...withoutProvider(props), observed: false }, inputs: kind.check(props).inputs };
      const { state, facts, persistence } = looked;
      const seen = declared.read(state, id);
      if (seen === undefined) return {};
      const found = persistFound(changeOf(id, declared, declared.wanted), declared.wish, persistence);
      const { inputs } = kind.check({
        ...withoutEntries(props, kind.entryFields),
        owner: props["owner"],
        ...seen,
        ...(declared.wish.coexist === undefined ? {} : { coexist: declared.wish.coexist }),
        ...(found.persist === undefined ? {} : { persist: found.persist }),
      });
      return { id, props: outputsOf(inputs, facts.machineId, found.persisted, props["appliedAt"]), inputs };
    },
    update: async (id, olds, news) => {
      const inputs = withoutProvider(news);
      const before = kind.declared(olds);
      const after = kind.declared(inputs);
      const moved = addressOf(before.connection) !== addressOf(after.connection);
      if (!moved && isOnlyLogin(kind, olds, inputs))
        return { outs: outputsOf(inputs, String(olds["machineId"]), String(olds["persisted"] ?? ""), olds["appliedAt"]) };
      const { facts, persisted } = moved
        ? await readdress(id, before, olds["machineId"], after, inputs)
        : await ensure(id, after, inputs, before);
      return { outs: outputsOf(inputs, facts.machineId, persisted, kind.now()) };
    },
    delete: async (id, props) => {
      const declared = kind.declared(props);
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

/** The engine stores what a failed create or update carries as it is, and needs the text to read or delete it later. */
const keepProvider =
  ({ __provider }: Properties) =>
  (error: unknown): never => {
    throw error instanceof InitializationFailed
      ? new InitializationFailed(error.id, { ...error.properties, __provider }, error.message)
      : error;
  };
const withoutProvider = ({ __provider: _text, ...inputs }: Properties): Properties => inputs;
const withoutEntries = (props: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(props).filter(([name]) => !names.includes(name)));

const engine = engineAddress(require.main?.filename, process.argv[2]);
if (engine !== undefined) {
  bearLostOutput(process.stdout, process.stderr);
  endWithEngine({ input: process.stdin, engineListens: () => listens(engine), exit: () => process.exit() });
}
