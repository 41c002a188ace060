import { z } from "./zod";

export const u32 = 4294967295;

/** A whole number in a range; a failure names the range and never the value. */
export function integer(from: number, to: number, text = `expected a whole number from ${from} to ${to}`): z.ZodNumber {
  return z.int(text).min(from, text).max(to, text);
}

export const flag = z.boolean("expected true or false");

/** A flag that says the same as false where it is left out. */
export const switchedOn = {
  schema: flag,
  settle: (value: boolean): boolean | undefined => value || undefined,
  absent: "false",
  example: true,
};

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, `expected one of ${words.join(", ")}`);
}

/** A network device's name as the kernel takes it: 1 to 15 characters, no blanks, no `/`. */
export const deviceSchema = z
  .string("expected a device name, such as eth1")
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.\-+@=~^,]{0,14}$/,
    "expected a device name of 1 to 15 letters, digits and . _ - (no blanks, quotes or slashes)",
  );

/** Any text that is not empty. The failure's text says what it should be, never what it was. */
export function textOf(what: string): z.ZodString {
  return z.string(`expected ${what}`).min(1, `expected ${what}`);
}
