import { isDeepStrictEqual } from "node:util";
import type { AttributeTable, Context, IpObject, Values } from "../declaration/attribute";
import { onceFor } from "../declaration/once";
import { entriesOf } from "../declaration/words";

export { wordsOf } from "../declaration/words";

/** Keys of `ip -j` that describe the moment, not the object: they never make two objects differ. */
const passing = new Set(["protocol", "age", "cache", "nh_info", "expires_age"]);

export interface Observation<Table> {
  readonly values: Values<Table>;
  /** Those that were given otherwise than they are compared. */
  readonly given: Values<Table>;
  /** JSON keys that no attribute reads: the object says more than we understand. */
  readonly unread: readonly string[];
}

/** One object of `ip -j -N -d`, read by the table. */
export function observe<Table extends AttributeTable>(table: Table, json: IpObject, context: Context): Observation<Table>;
export function observe(table: AttributeTable, json: IpObject, context: Context): Observation<AttributeTable> {
  const values: Record<string, unknown> = {};
  const given: Record<string, unknown> = {};
  const strange: string[] = [];
  for (const [name, attribute] of entriesOf(table)) {
    const value = attribute.observe(json, context);
    if (value === undefined) continue;
    if (!isPlain(value)) {
      strange.push(name);
      continue;
    }
    values[name] = value;
    const whole = attribute.given?.(json) ?? value;
    if (!isEqual(whole, value)) given[name] = whole;
  }
  const read = readKeys(table);
  return { values, given, unread: [...Object.keys(json).filter((key) => !read.has(key) && !passing.has(key)), ...strange] };
}

const plain = /^[A-Za-z0-9_.\-+@=~^,:/ ]*$/;

/**
 * What may go back to a host in a line for `ip`: a rule may name a device by any text, a line break included, and of a device that is
 * named `eth#1` an `ip -batch` reads `eth`: the rest of the line is a comment, the table and the tag too.
 */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return plain.test(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

const readKeys = onceFor((table: AttributeTable) => new Set(Object.values(table).flatMap(({ json }) => json)));

/** True when what is observed is what was asked for; what the kernel filled in is not held against it. */
export function same(table: AttributeTable, asked: Context, observed: Context): boolean {
  return entriesOf(table).every(
    ([name, attribute]) =>
      (asked[name] === undefined && attribute.filled === true) ||
      // What is left of it is no difference; that it runs down, or does not, is one.
      (attribute.fades === true ? (asked[name] === undefined) === (observed[name] === undefined) : isEqual(asked[name], observed[name])),
  );
}

/** Most values are text, numbers, or not there. */
const isEqual = (one: unknown, other: unknown): boolean => one === other || (typeof one === "object" && isDeepStrictEqual(one, other));

/** True when a value of it runs down by itself on the host. */
export function fades(table: AttributeTable, values: Context): boolean {
  return Object.entries(table).some(([name, attribute]) => attribute.fades === true && values[name] !== undefined);
}

/** True when everything that a pattern says is so; what it leaves out may be anything. */
export function fits(table: AttributeTable, pattern: Context, observed: Context): boolean {
  return Object.keys(table).every((name) => pattern[name] === undefined || isEqual(pattern[name], observed[name]));
}

/** What the kernel finds a device by. Where none of these was asked for and stands, nobody left the device to the kernel. */
const leads = ["via", "nhid", "type", "blackhole", "group"];

/** Observed values as inputs: without what the kernel filled in and nobody asked for. */
export function asAsked(table: AttributeTable, asked: Context, observed: Context): Record<string, unknown> {
  const mayBeFilled = leads.some((name) => asked[name] !== undefined && observed[name] !== undefined);
  return Object.fromEntries(
    entriesOf(table).flatMap(([name, attribute]) =>
      observed[name] === undefined || (mayBeFilled && attribute.filled === true && asked[name] === undefined)
        ? []
        : [[name, attribute.fades === true ? (asked[name] ?? observed[name]) : observed[name]]],
    ),
  );
}

/** What of the values runs down by itself, for a comparison with what was asked before. */
export function fadingOf(table: AttributeTable, values: Context): string {
  return JSON.stringify(Object.entries(table).flatMap(([name, { fades }]) => (fades === true ? [[name, values[name] ?? null]] : [])));
}
