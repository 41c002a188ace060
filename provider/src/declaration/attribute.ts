import type { Family } from "./family";
import type { Matcher, Packet } from "./flow";
import type { z } from "./zod";

/** One object of `ip -j -N -d`, as the host gave it: nothing about its values is trusted. */
export type IpObject = Readonly<Record<string, unknown>>;

/** What the values of one object look like to a descriptor: its own family and its other attributes, by name. */
export interface Context {
  readonly family?: Family | undefined;
  readonly [attribute: string]: unknown;
}

/** Versions such as 6.15. */
export interface Since {
  readonly iproute2: string;
  readonly kernel: string;
}

/** What of an attribute's values needs them, where not all do: `a weight over 255`. */
export interface SinceOf extends Since {
  readonly value?: string;
}

/** One field that a person may write: its form, its canonical form and its documentation. */
export interface Field<Value = unknown, Input = Value> {
  /** What a person may write, and its canonical form. A failure's text never holds the value. */
  readonly schema: z.ZodType<Value, Input>;
  /** The canonical value in this object, where that depends on the rest of it; undefined when the value is the same as leaving it out. */
  settle?(value: Value, context: Context): Value | undefined;
  /** What is wrong with a canonical value in this object, where that depends on the rest of it. */
  wrong?(value: Value, context: Context): string | undefined;
  /** Families that have it; both when not said. */
  readonly families?: readonly Family[];
  /** It runs down by itself: what is left of it never makes two objects differ, and a changed value is set anew. */
  readonly fades?: boolean;
  /** It holds objects of which parts may not be known yet: its schema lets those through, the other parts are canonical all the same. */
  readonly partial?: boolean;
  /** Never shown and never stored in clear, however a program gives it. */
  readonly secret?: boolean;
  /** The documentation: one or two sentences of meaning, form and units. */
  readonly doc: string;
  /** What leaving it out means. */
  readonly absent: string;
  /** A value as a person would write it. */
  readonly example: NoInfer<Input>;
}

/**
 * Everything about one selector of a rule or one attribute of a route. Schemas, types, the words for `ip`, the reader of `ip -j`,
 * equality, version gates and the reference tables are derived from these; shared code never asks which attribute it has.
 * Methods (not function properties), so that an attribute of some value can be used as an attribute of an unknown value.
 */
export interface Attribute<Value = unknown, Input = Value> extends Field<Value, Input> {
  /** The words for `ip`, numbers only: names may be missing on the host or lie. Empty: it is said elsewhere in the command. */
  words(value: Value, context: Context): readonly string[];
  /** The canonical value that `ip -j -N -d` shows; undefined when it is absent or the default. */
  observe(json: IpObject, context: Context): Value | undefined;
  /** What `ip` shows of it beyond what is compared, by which the kernel knows it all the same: an address with its host bits. */
  given?(json: IpObject): Value | undefined;
  /** The JSON keys that `observe` reads. A key that no attribute reads makes an object one that we do not fully understand. */
  readonly json: readonly string[];
  /** Whether a packet has what a value of this selector asks for, as the kernel decides. Absent: it is no selector. */
  matcher?(value: Value): Matcher;
  /** Of a packet in which it is open: whether one can fit all of these values and none of those. Absent: always. */
  occurs?(fits: readonly Value[], not: readonly Value[], packet: Packet): boolean;
  /** For values that ask for exactly one thing: rules are then found by what a packet has, instead of tried one by one. */
  readonly exactly?: Exactly<Value>;
  /** The kernel fills it in when it is left out, so it is compared only when it was asked for. */
  readonly filled?: boolean;
  /** Its words stand behind all others, the tag included. */
  readonly last?: boolean;
  /** The first iproute2 and Linux that have it, where that is later than what this package needs anyway. */
  readonly since?: Since;
  /** The same for some of its values. */
  sinceOf?(value: Value): SinceOf | undefined;
  /** The words of `ip` that it stands for. */
  readonly ip: string;
}

/** Both undefined where it is not one thing: a value that is a range or a mask, a packet of which it cannot be told. */
export interface Exactly<Value> {
  asked(value: Value): number | string | undefined;
  had(packet: Packet): number | string | undefined;
}

export type FieldTable = Readonly<Record<string, Field>>;
export type AttributeTable = Readonly<Record<string, Attribute>>;

/** The canonical values of an object that a table describes. */
export type Values<Table> = { -readonly [Name in keyof Table]?: Table[Name] extends Field<infer Value, infer _Input> ? Value : never };
/** What a person may write for it. */
export type Inputs<Table> = { -readonly [Name in keyof Table]?: Table[Name] extends Field<infer _Value, infer Input> ? Input : never };

/** What `absent` says of a field that cannot be left out; types and reference tables take it from there. */
export const required = "required";

/** Declares one field or attribute: these exist so that its value types are inferred. */
export function field<Value, Input>(descriptor: Field<Value, Input>): Field<Value, Input> {
  return descriptor;
}

export function attribute<Value, Input>(descriptor: Attribute<Value, Input>): Attribute<Value, Input> {
  return descriptor;
}

export function has(json: IpObject, key: string): boolean {
  return Object.hasOwn(json, key);
}

/** A number that `ip -j -N` shows as a number, as decimal text, or as hexadecimal text. */
export function numberAt(json: IpObject, key: string): number | undefined {
  const value = json[key];
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "string" || !/^(0x[0-9a-f]+|[0-9]+)$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

export function textAt(json: IpObject, key: string): string | undefined {
  const value = json[key];
  return typeof value === "string" ? value : undefined;
}

/** What `ip` shows as text or, with `-N`, as a number; empty for anything else. */
export function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function wordAt(json: IpObject, key: string): string {
  return wordOf(json[key]);
}
