import { messageOf } from "../errors";
import { beginRun } from "../runtime/enginesRun";
import { addressIn } from "../runtime/orphan";
import { serve } from "./server";

/** `pulumi-resource-policyrouting ENGINE`: the engine starts it, with its own address. Started by hand, for a debugger, it waits for one. */
const engine = addressIn(process.argv[2]);
serve(engine === undefined ? undefined : beginRun(engine)).then(
  (port) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
