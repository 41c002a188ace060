import { messageOf, warningWords } from "../errors";
import { tellWarningsBy } from "../host/told";
import { EngineLog } from "../runtime/engineLog";
import { beginRun } from "../runtime/enginesRun";
import { addressIn, textOf } from "../runtime/orphan";
import { serve } from "./server";

/** `pulumi-resource-policyrouting ENGINE`: the engine starts it, with its own address. Started by hand, for a debugger, it waits for one. */
const engine = addressIn(process.argv[2]);
const log = engine === undefined ? undefined : new EngineLog(textOf(engine));
// What a plugin of this kind writes to standard error the engine shows to nobody.
if (log !== undefined) tellWarningsBy((host, warning) => log.say(warningWords(host, warning), { stays: "warning" }));
const run = engine === undefined || log === undefined ? undefined : beginRun(engine, log);
serve(run, log, engine === undefined ? undefined : textOf(engine)).then(
  (port) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
