import { secretFields } from "../../spec/connection";
import { unknownValue } from "../../spec/unknown";

export type Inputs = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** A value that a preview does not show. */
export interface Unclear {
  readonly path: Path;
  readonly why: "is not known yet" | "is a secret";
}

/** What the engine prints instead of a secret, at any depth. */
const secret = "[secret]";

export function unclearIn(value: unknown, path: Path = []): Unclear[] {
  if (value === unknownValue) return [{ path, why: "is not known yet" }];
  if (value === secret) return [{ path, why: "is a secret" }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => unclearIn(inner, [...path, name]));
}

const isObject = (value: unknown): value is Inputs => typeof value === "object" && value !== null && !Array.isArray(value);

/** Without the secrets of the login and of a guard: they say nothing about which host is meant and what is to stand there. */
export function withoutLogin({ guard, ...inputs }: Inputs): Inputs {
  const hidden = (name: string, value: unknown): boolean => secretFields.some((field) => field === name) && value === secret;
  const open = (value: unknown): unknown =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (hidden(name, inner) ? [] : [[name, open(inner)]])))
      : value;
  const kept = guard === undefined || unclearIn(guard).length > 0 ? {} : { guard };
  return { ...inputs, ...kept, connection: open(inputs["connection"]) };
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
