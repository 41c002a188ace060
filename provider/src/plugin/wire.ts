import type { JavaScriptValue, Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb";
import { isObject } from "../declaration/isObject";
import { unknownValue } from "../declaration/unknown";
import type { Properties } from "../runtime/handlers";
import { isMarked, isOutput, mark } from "../runtime/marked";
import { Struct } from "./sdk";

/** Where secret values stand: paths, each as one text. */
export type Secrets = ReadonlySet<string>;

/** What the engine sent, without its marks, and where they stood. */
export interface Received {
  readonly values: Properties;
  readonly secrets: Secrets;
}

const below = (path: string, name: string): string => `${path}\0${name}`;

export function received(struct: StructMessage | undefined): Received {
  const secrets = new Set<string>();
  const values: unknown = unmarked(struct?.toJavaScript() ?? {}, "", secrets);
  return { values: isObject(values) ? values : {}, secrets };
}

function unmarked(value: unknown, path: string, secrets: Set<string>): unknown {
  if (isMarked(value)) {
    secrets.add(path);
    return unmarked(value.value, path, secrets);
  }
  if (isOutput(value)) {
    if (value.secret === true) secrets.add(path);
    return value.value === undefined ? unknownValue : unmarked(value.value, path, secrets);
  }
  // Canonical lists may stand in another order: what is secret in one entry of a list is so in all of them, and with a secret entry the whole list is.
  if (Array.isArray(value)) return value.map((one) => unmarked(one, path, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unmarked(one, below(path, name), secrets)]));
}

/** For the engine: what came as a secret, and what is marked already, is one. */
export function sent(values: Properties, secrets: Secrets = new Set()): StructMessage {
  return Struct.fromJavaScript(fields(values, "", secrets));
}

const fields = (values: Properties, path: string, secrets: Secrets): Record<string, JavaScriptValue> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, marked(value, below(path, name), secrets)]])),
  );

function marked(value: unknown, path: string, secrets: Secrets): JavaScriptValue {
  if (isMarked(value)) return mark(plain(value.value, path, secrets));
  const inner = plain(value, path, secrets);
  return secrets.has(path) ? mark(inner) : inner;
}

function plain(value: unknown, path: string, secrets: Secrets): JavaScriptValue {
  if (Array.isArray(value)) return value.map((one) => plain(one, path, secrets));
  if (isObject(value)) return fields(value, path, secrets);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
