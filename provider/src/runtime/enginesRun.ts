import { tellStatusBy } from "../host/told";
import { endHolds } from "../host/wire/stop";
import type { EngineLog } from "./engineLog";
import { bearLostOutput, type EngineAddress, endWithEngine, listens } from "./orphan";
import { Run } from "./run";

/** Makes this process a plugin of the engine at that address, whichever door it is: it tells, lives and ends with it, and is one run of it. */
export function beginRun(engine: EngineAddress, log: EngineLog): Run {
  tellStatusBy((_host, line) => log.say(line));
  bearLostOutput(process.stdout, process.stderr);
  endWithEngine({ input: process.stdin, engineListens: () => listens(engine), gone: endHolds, exit: () => process.exit() });
  return new Run();
}
