import { isPolicyRoutingError } from "../errors";

/**
 * What read or delete throw the SDK's plugin prints as `ERROR: STACK` under the stack, and the engine behind it as the resource's error. The words
 * are the engine's to say; beside them stands where it happened.
 */
export function saidOnce(error: unknown): never {
  if (!isPolicyRoutingError(error)) throw error;
  const { host, object } = error.parts;
  const told = error.at({});
  told.toString = () => [host, object].filter((part) => part !== undefined).join(": ") || told.name;
  told.stack = "failed; its error says why";
  throw told;
}
