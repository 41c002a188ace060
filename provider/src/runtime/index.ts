import { printFailure } from "../declaration/failures";
import { unknownValue } from "../declaration/unknown";
import { defaultsFailures, tellDefaults } from "../host/ssh/defaults";
import { stop } from "../host/wire/stop";
import { onCancel } from "./cancel";
import { EngineLog } from "./engineLog";
import { beginRun } from "./enginesRun";
import type { Handlers } from "./handlers";
import { kindOf } from "./kinds";
import { marked } from "./marked";
import { engineAddress, textOf } from "./orphan";
import type { Run } from "./run";
import { saidOnce } from "./saidOnce";
import { keptShort } from "./short";
import { withoutProgram } from "./withoutProgram";

export type { Handlers } from "./handlers";

/**
 * The life cycle of one kind of resource. A frozen door: states of every older version call it by the kind's name, so names, methods and
 * what they read may only grow.
 */
export function handlers(kindName: string, run: Run | undefined = enginesRun): Handlers {
  const all = calls(kindName, run);
  return kindOf(kindName).isMany ? keptShort(all) : all;
}

/** The same where the engine hands over the inputs too. */
export function calls(kindName: string, run?: Run): Handlers {
  const kind = kindOf(kindName);
  // Only now: a preview, and an up without changes, need no SSH, and loading it takes longer than their checks.
  const onHost = () => {
    const { lifeCycle }: typeof import("./lifeCycle") = require("./lifeCycle");
    return lifeCycle(kind, run);
  };
  return {
    // The engine calls it once and goes on whether it fails or not: a mistake is told by check, and where a host is reached.
    configure: async ({ config }) => tellDefaults("stack", config.get("policy-routing:connection")),
    // The engine prints the value of a property that is named, secrets included: the path stands in the reason instead.
    check: async (_olds, news) => {
      const { connectionDefaults, ...own } = news;
      if (run !== undefined) run.hasProgram = true;
      if (connectionDefaults !== undefined && connectionDefaults !== unknownValue) tellDefaults("program", connectionDefaults);
      const { inputs, failures } = kind.check(own);
      const all = [...failures, ...defaultsFailures().map(printFailure)];
      return { inputs: marked(inputs), failures: all.map((reason) => ({ property: "", reason })) };
    },
    // `changes` stays undefined, but where the host must be asked: the engine compares canonical inputs itself, and shows and keeps secret what it should.
    diff: async (id, _olds, news) => ({ replaces: [], ...(run?.diff(id, kind, news) === true ? { changes: true } : {}) }),
    create: async (inputs) => onHost().create(inputs),
    read: async (id, props) => {
      run?.reads(id);
      return onHost().read(id, props).catch(withoutProgram(run)).catch(saidOnce);
    },
    update: async (id, olds, news) => onHost().update(id, olds, news),
    delete: async (id, props) => onHost().delete(id, props).catch(withoutProgram(run)).catch(saidOnce),
  };
}

const engine = engineAddress(require.main?.filename, process.argv[2]);
/** The plugin's process is one run of the engine; any other process may be several. */
const enginesRun = engine === undefined ? undefined : beginRun(engine, new EngineLog(textOf(engine)));
if (engine !== undefined) onCancel(stop);
