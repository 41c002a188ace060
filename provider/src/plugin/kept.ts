import { isDeepStrictEqual } from "node:util";
import { inputsAlone } from "../declaration/inputsAlone";
import type { Properties } from "../runtime/handlers";
import { long } from "../runtime/short";

/** What the engine keeps as outputs: of what the inputs say alike, only what a program may read. */
export function kept(kind: string, inputs: Properties, outs: Properties): Properties {
  const left = inputsAlone(kind);
  return Object.fromEntries(Object.entries(outs).filter(([name, value]) => !left.has(name) || !isDeepStrictEqual(value, inputs[name])));
}

/** The state as the life cycle knows it, of a dynamic resource too. */
export const whole = (inputs: Properties, outs: Properties): Properties => ({ ...inputs, ...long(outs) });
