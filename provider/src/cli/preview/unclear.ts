import { isObject } from "../../declaration/isObject";
import { unknownValue } from "../../declaration/unknown";

export type Inputs = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** A value that is not shown. */
export interface Unclear {
  readonly path: Path;
  readonly why: "is not known yet" | "is a secret";
}

/** What the engine writes instead of a secret, at any depth: in a preview a word, in a stack's state an object. */
export const isSecret = (value: unknown): boolean =>
  value === "[secret]" || (isObject(value) && "4dabf18193072939515e22adb298388d" in value);

export function unclearIn(value: unknown, path: Path = []): Unclear[] {
  if (value === unknownValue) return [{ path, why: "is not known yet" }];
  if (isSecret(value)) return [{ path, why: "is a secret" }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => unclearIn(inner, [...path, name]));
}

/** Without a login's secrets and an unclear guard: they do not say which host is meant, nor what is to stand there. */
export function withoutLogin({ guard, ...inputs }: Inputs): Inputs {
  const kept = guard === undefined || unclearIn(guard).length > 0 ? {} : { guard };
  return { ...inputs, ...kept, connection: loginShown(inputs["connection"]) };
}

/** Of a connection, and of its proxy: an address is never left out. */
function loginShown(connection: unknown): unknown {
  if (!isObject(connection) || isSecret(connection)) return connection;
  const shown = Object.entries(connection).filter(
    ([name, value]) => name === "host" || name === "port" || name === "proxy" || !isSecret(value),
  );
  return Object.fromEntries(shown.map(([name, value]) => [name, name === "proxy" ? loginShown(value) : value]));
}

/** Without the entries of these names, such as `rules` and `office`. */
export function withoutEntries(inputs: Inputs, entries: readonly (readonly [string, string])[]): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([section, value]) => {
      const gone = entries.flatMap(([name, label]) => (name === section ? [label] : []));
      if (gone.length === 0) return [section, value];
      if (Array.isArray(value)) return [section, value.filter((_one, index) => !gone.includes(String(index)))];
      return [section, isObject(value) ? Object.fromEntries(Object.entries(value).filter(([label]) => !gone.includes(label))) : value];
    }),
  );
}
