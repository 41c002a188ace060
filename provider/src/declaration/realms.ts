import { z } from "./zod";

const expected = 'expected a realm such as 7, or source and destination realm such as "3/4", each from 0 to 65535';

/** `[SOURCE/]DESTINATION`; undefined when both are 0, which is none. */
export function printRealms(source: number, destination: number): string | undefined {
  if (source + destination === 0) return undefined;
  return source === 0 ? String(destination) : `${source}/${destination}`;
}

/** Numbers only: names differ from host to host. Rules and routes write them alike. */
export const realmsSchema = z.union([z.string(), z.number()], expected).transform((input, context) => {
  const [, first, second] = /^([0-9]{1,5})(?:\/([0-9]{1,5}))?$/.exec(String(input)) ?? [];
  const [source, destination] = second === undefined ? [0, Number(first)] : [Number(first), Number(second)];
  const realms = source <= 65535 && destination <= 65535 ? printRealms(source, destination) : undefined;
  if (realms !== undefined) return realms;
  context.addIssue(expected);
  return z.NEVER;
});
