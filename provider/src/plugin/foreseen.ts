import { unknownValue } from "../declaration/unknown";
import type { Properties } from "../runtime/handlers";
import { kindOf } from "../runtime/kinds";

/**
 * What a preview hands on of a change that is not made: what the program declares, and that the rest is not known yet. An engine that greets a plugin
 * asks it to create and update in previews too; no host is asked.
 */
export function foreseen(kind: string, inputs: Properties): Properties {
  const changed = kindOf(kind).now() === undefined ? {} : { appliedAt: unknownValue };
  return { ...inputs, machineId: unknownValue, persisted: unknownValue, ...changed };
}
