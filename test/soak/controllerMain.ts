import { createInterface } from "node:readline";
import { isConnection } from "../../provider/src/declaration/connection";
import { isPolicyRoutingError, messageOf } from "../../provider/src/errors";
import { readHistory } from "../../provider/src/host/history/read";
import { rollback } from "../../provider/src/host/history/rollback";
import { hostOf } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { type Call, type Failure, type Fields, type Reply, request, type Success } from "./protocol";

/** The stand-in for the plugin's process: it can be killed and stopped. The calls of one turn run side by side, as the engine's do. */
async function run(call: Call): Promise<Success> {
  if (call.method === "rollback") return takeBack(call);
  const life = handlers(call.kind);
  switch (call.method) {
    case "create": {
      const { id, outs } = await life.create(await checked(call.kind, call.fields));
      return { id, state: outs };
    }
    case "update": {
      const { outs } = await life.update(call.id, call.state, await checked(call.kind, call.fields));
      return { id: call.id, state: outs };
    }
    case "delete":
      await life.delete(call.id, call.state);
      return {};
    case "read": {
      const { props, inputs } = await life.read(call.id, call.state);
      return { id: call.id, ...(props === undefined ? {} : { state: props }), ...(inputs === undefined ? {} : { inputs }) };
    }
  }
}

/** Marks nothing: the program is to make it again. */
async function takeBack({ connection, stack, seconds }: Extract<Call, { method: "rollback" }>): Promise<Success> {
  if (!isConnection(connection)) throw new Error("no connection");
  const { revisions } = await readHistory(hostOf(connection));
  const newest = revisions.findLast((one) => one.stack === stack)?.n ?? 0;
  const guard = { confirmTimeout: seconds };
  await rollback(connection, { to: newest - 1, stack, force: true, why: "the soak", dryRun: false, mark: false, guard });
  return {};
}

async function checked(kind: string, fields: Fields): Promise<Fields> {
  const { inputs, failures } = await handlers(kind).check({}, fields);
  if (failures.length > 0) throw new Error(`not accepted: ${failures.map(({ reason }) => reason).join("; ")}`);
  return inputs;
}

function failureOf(error: unknown): Failure {
  const kept = error instanceof InitializationFailed ? { id: error.id, state: error.properties } : undefined;
  return {
    message: messageOf(error),
    ...(isPolicyRoutingError(error) ? { kind: error.kind, outcome: error.outcome } : {}),
    ...(kept === undefined ? {} : { outcome: "differs" }),
    kept,
  };
}

const answer = (reply: Reply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { number, call } = request.parse(JSON.parse(line));
    run(call).then(
      (ok) => answer({ number, ok }),
      (error: unknown) => answer({ number, failed: failureOf(error) }),
    );
  })
  .on("close", () => process.exit());
process.stdout.write("ready\n");
