import type { Attribute, AttributeTable, Context } from "../../declaration/attribute";
import { numeric } from "../takeover/addressForms";
import type { Refusals } from "./declaration";

/** What one attribute is in a manager's file. */
export interface Key<Value = unknown> {
  /** `Key=value`, or what the manager writes for that; none where its place in the file says it already. */
  lines(value: Value, context: Context): readonly string[];
  /** Why a value cannot be said. */
  wrong?(value: Value, context: Context): string | undefined;
  /** Its name, and what a value of it says to whoever reads such a file. */
  readonly read?: { readonly name: string; value(text: string): unknown };
  /** The oldest of Debian's systemd (247, 252) that was seen to know it, where that is not 247. */
  readonly since?: 252;
}

/** What a manager can say of these attributes. One that is not listed it cannot: a file with it is refused, so a new attribute needs no word here. */
export type Keys<Table extends AttributeTable> = {
  readonly [Name in keyof Table]?: Table[Name] extends Attribute<infer Value, infer _Input> ? Key<Value> : never;
};

export const reading = (name: string, value: (text: string) => unknown = numeric) => ({ read: { name, value } });
/** It stands elsewhere in the file. */
export const said: Key = { lines: () => [] };
export const none = (why: string): Key => ({ lines: () => [], wrong: () => why });
/** All that managers take for yes, YAML 1.1 among them. */
export const isYes = (text: string): boolean => /^(1|yes|y|true|t|on)$/i.test(text);

/** Of what was read: the attribute that a key says. */
export type Names = ReadonlyMap<string, { readonly attribute: string; value(text: string): unknown }>;

export function namesOf(keys: Readonly<Record<string, Pick<Key, "read">>>): Names {
  return new Map(
    Object.entries(keys).flatMap(([attribute, { read }]) => (read === undefined ? [] : [[read.name, { attribute, ...read }]])),
  );
}

/** What the values of one object are in a file, and since when the manager knows all of it. What it cannot say is refused. */
export function write(
  keys: Readonly<Record<string, Key>>,
  values: Context,
  object: string,
  refusals: Refusals,
  version?: number,
): { readonly lines: readonly string[]; readonly since: Key["since"] } {
  const lines: string[] = [];
  let since: Key["since"];
  for (const [attribute, value] of Object.entries(values)) {
    const key = keys[attribute];
    if (value === undefined) continue;
    const wrong = key === undefined ? refusals.unsaid : (key.wrong?.(value, values) ?? tooNew(key, version));
    if (wrong !== undefined) refusals.add(object, attribute, wrong);
    lines.push(...(key?.lines(value, values) ?? []));
    since = key?.since ?? since;
  }
  return { lines, since };
}

const tooNew = ({ since }: Key, version: number | undefined): string | undefined =>
  since !== undefined && version !== undefined && since > version ? `has no key in systemd ${version}, but in ${since}` : undefined;
