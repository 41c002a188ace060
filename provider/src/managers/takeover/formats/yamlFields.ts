import { ownEntry } from "../../../declaration/ownEntry";
import { type Key, namesOf } from "../../render/keys";
import { network, numeric } from "../addressForms";
import type { YamlNode } from "../yamlNode";

/** What a key of a YAML file says of a rule or a route. */
export type Field = (value: string | number | boolean) => Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, Field>>;

export const field =
  (name: string, of: (value: string | number | boolean) => unknown = (value) => numeric(String(value))): Field =>
  (value) => ({ [name]: of(value) });
export const networkField = (name: string): Field => field(name, (value) => network(String(value)));
/** An address with its length, which may be that of every address. */
export const textField = (name: string): Field => field(name, String);

/** The keys that render prints. */
export const fieldsOf = (keys: Readonly<Record<string, Pick<Key, "read">>>): Fields =>
  Object.fromEntries([...namesOf(keys)].map(([name, { attribute, value }]) => [name, (said) => ({ [attribute]: value(String(said)) })]));

/** All of a node's keys by the table; what none reads is named. */
export function valuesOf(
  node: YamlNode,
  fields: Fields,
): { readonly values: Record<string, unknown>; readonly unknown: readonly string[] } {
  const values: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [key, value] of node.entries) {
    const read = ownEntry(fields, key);
    if (read === undefined || value.scalar === undefined) unknown.push(key);
    else Object.assign(values, read(value.scalar));
  }
  return { values, unknown };
}
