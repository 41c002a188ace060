import { type Attribute, attribute } from "./attribute";
import type { Family } from "./family";
import { oneOf } from "./number";

/** The address family of an object of one: `ip` is told it before all words. */
export const familyAttribute = (absent: string): Attribute<Family> =>
  attribute({
    schema: oneOf(["inet", "inet6"]),
    words: () => [],
    observe: (_json, context) => context.family,
    json: [],
    doc: "Address family: `inet` (IPv4) or `inet6` (IPv6).",
    absent,
    ip: "-4 | -6",
    example: "inet",
  });
