import type { Values } from "./attribute";
import { objectOf } from "./canonical";
import { type Connection, connectionFields } from "./connection";
import { type Failure, problemsOf } from "./failures";
import { isObject } from "./isObject";
import { withSecrets } from "./secrets";

const { host: _host, ...fields } = connectionFields;
export const connectionDefaultsFields = fields;
export const connectionDefaultsSchema = objectOf(fields, "expected an object such as { user: ... }");

/** What connections leave out. It names no host: each resource does. */
export type ConnectionDefaults = Values<typeof fields>;

export interface ParsedDefaults {
  readonly values: ConnectionDefaults;
  readonly failures: readonly Failure[];
}

/** `said` is where they stand, for messages; a text is JSON, as configuration has it. */
export function parseDefaults(said: string, value: unknown): ParsedDefaults {
  const wrong = (path: readonly string[], text: string): ParsedDefaults => ({
    values: {},
    failures: [{ topic: "value", path: [said, ...path], text }],
  });
  const json = typeof value === "string" ? jsonIn(value) : value;
  if (!isObject(json)) return wrong([], "expected a JSON object such as { user: ... }");
  if (json["host"] !== undefined) return wrong(["host"], "each resource names its own host");
  const parsed = connectionDefaultsSchema.safeParse(json);
  return parsed.success ? { values: parsed.data, failures: [] } : { values: {}, failures: problemsOf(parsed.error, [said]) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who names a key does not get the passphrase of another; who names a host key is not talked out of it by a waiver. */
const together: readonly (readonly [named: readonly (keyof Connection)[], and: readonly (keyof Connection)[]])[] = [
  [["privateKey", "privateKeyPath"], ["privateKeyPassword"]],
  [["hostKey", "knownHostsPath"], ["insecureIgnoreHostKey"]],
];

/** What a connection says goes before what is said for all: field by field, and `proxy` is one field. */
export function withDefaults(connection: Connection, defaults: ConnectionDefaults): Connection {
  const settled = together.flatMap(([named, and]) => (named.some((name) => connection[name] !== undefined) ? [...named, ...and] : []));
  const taken = Object.entries(defaults).filter(
    ([name, value]) =>
      value !== undefined &&
      !settled.some((one) => one === name) &&
      // The way to the jump host does not lead through the jump host.
      !(name === "proxy" && defaults.proxy?.host === connection.host),
  );
  const said = Object.entries(connection).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(taken), ...Object.fromEntries(said), host: connection.host };
}

/** Whether a password or a key is among them. */
export function holdsSecrets(value: unknown): boolean {
  const json = typeof value === "string" ? jsonIn(value) : value;
  let found = false;
  if (isObject(json))
    withSecrets(fields, json, () => {
      found = true;
      return undefined;
    });
  return found;
}
