import type { Connection } from "../../declaration/connection";
import { type ParsedDefaults, parseDefaults, withDefaults } from "../../declaration/connectionDefaults";
import { type Failure, printFailure } from "../../declaration/failures";
import { PolicyRoutingError } from "../../errors";

/**
 * What connections leave out, as this process was told. It is filled in when a host is reached and nowhere before: what a resource declares, and so
 * what the engine keeps and compares, does not know of it.
 */
const places = { program: "connectionDefaults", provider: "policyrouting:connection", stack: "policy-routing:connection" } as const;
export type Place = keyof typeof places;

const told = new Map<Place, { readonly text: string; readonly parsed: ParsedDefaults }>();

/** Takes the place of what was told before. Never throws: who is told of a mistake asks for it. */
export function tellDefaults(place: Place, value: unknown): void {
  const text = JSON.stringify(value);
  if (text === undefined) told.delete(place);
  else if (told.get(place)?.text !== text) told.set(place, { text, parsed: parseDefaults(places[place], value) });
}

export const defaultsFailures = (): Failure[] => [...told.values()].flatMap(({ parsed }) => parsed.failures);

/** A connection as its host is reached: what is said nearer to the resource goes first. */
export function reached(connection: Connection): Connection {
  const failures = defaultsFailures();
  if (failures.length > 0)
    throw new PolicyRoutingError("invalid", {
      topic: "connection-defaults",
      host: connection.host,
      what: failures.map(printFailure).join("; "),
      next: "correct it: all connections of the stack begin with it",
    });
  return (["program", "provider", "stack"] as const).reduce(
    (one, place) => withDefaults(one, told.get(place)?.parsed.values ?? {}),
    connection,
  );
}
