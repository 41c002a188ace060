import { isEverything, networkPrefixSchema, parsePrefix, printPrefix } from "../address";
import { attribute, numberAt, textAt } from "../attribute";
import type { Family } from "../family";
import { familyAttribute } from "../familyAttribute";
import { integer, u32 } from "../number";
import { tableNumber, tableOf, tableSchema } from "../tableNumber";
import { z } from "../zod";

/** The kernel's default: IPv6 reads 0 as 1024, IPv4 keeps 0. */
export const defaultMetric: Readonly<Record<Family, number>> = { inet: 0, inet6: 1024 };

const tosForm = /^(0x[0-9a-f]{1,2}|[0-9]{1,3})$/i;
const expectedTos = 'expected a type of service such as 16 or "0x10", a multiple of 4 up to 0xfc';

const family = familyAttribute("taken from `destination`, `src` or `via`; required for a default route that names none of these");

const destination = attribute({
  // Not a union: its failure would not say what is wrong with a prefix.
  schema: z.string("expected default, or a prefix such as 198.51.100.0/24").transform((text, context) => {
    if (text === "default") return text;
    const prefix = networkPrefixSchema.safeParse(text);
    if (prefix.success) return prefix.data;
    for (const { message } of prefix.error.issues) context.addIssue(message);
    return z.NEVER;
  }),
  settle: (prefix) => (isEverything(prefix) ? "default" : prefix),
  words: (prefix) => [prefix],
  observe: (json) => {
    const text = textAt(json, "dst");
    if (text === undefined || text === "default") return text;
    const prefix = parsePrefix(text);
    return prefix === undefined ? undefined : printPrefix(prefix);
  },
  json: ["dst"],
  doc: "Destination of the route: `default`, an address or a prefix without host bits.",
  absent: "required",
  ip: "PREFIX",
  example: "default",
});

const from = attribute({
  schema: networkPrefixSchema,
  settle: (prefix) => (isEverything(prefix) ? undefined : prefix),
  words: (prefix) => ["from", prefix],
  observe: (json) => {
    const prefix = parsePrefix(textAt(json, "from") ?? "");
    return prefix === undefined || prefix.length === 0 ? undefined : printPrefix(prefix);
  },
  json: ["from"],
  families: ["inet6"],
  doc: "Source address or prefix of the packet: a source-specific route. A packet whose source is not chosen yet does not match it.",
  absent: "any source",
  ip: "from PREFIX",
  example: "2001:db8:1::/64",
});

const tos = attribute({
  schema: z.union([z.string(), z.number()], expectedTos).transform((input, context) => {
    const value = Number(input);
    if (tosForm.test(String(input)) && value <= 0xff && (value & 3) === 0) return `0x${value.toString(16)}`;
    context.addIssue(expectedTos);
    return z.NEVER;
  }),
  settle: (value) => (value === "0x0" ? undefined : value),
  words: (value) => ["tos", value],
  observe: (json) => {
    const value = numberAt(json, "tos");
    return value === undefined || value === 0 ? undefined : `0x${value.toString(16)}`;
  },
  json: ["tos"],
  families: ["inet"],
  doc: "Type of service that a packet must carry to use the route.",
  absent: "any",
  ip: "tos TOS",
  example: "0x10",
});

const metric = attribute({
  schema: integer(0, u32),
  settle: (value, { family }) => (value === 0 || (family !== undefined && value === defaultMetric[family]) ? undefined : value),
  words: (value) => ["metric", String(value)],
  observe: (json, { family }) => {
    const value = numberAt(json, "metric");
    return value === undefined || value === 0 || (family !== undefined && value === defaultMetric[family]) ? undefined : value;
  },
  json: ["metric"],
  doc: "Preference among routes to one destination, lowest first.",
  absent: `${defaultMetric.inet} for inet, ${defaultMetric.inet6} for inet6 (where 0 means ${defaultMetric.inet6} too)`,
  ip: "metric N",
  example: 100,
});

const table = attribute({
  schema: tableSchema,
  words: (value) => ["table", String(tableNumber(value))],
  observe: (json) => {
    const number = numberAt(json, "table");
    return number === undefined ? undefined : tableOf(number);
  },
  json: ["table"],
  doc: "Routing table that holds the route: a number, `main`, `default` or `local`, or a RoutingTable's `tableId`.",
  absent: "main",
  ip: "table ID | main | default | local",
  example: 100,
});

/** What makes two routes the same for the kernel: all of these. */
export const routeKeyAttributes = { family, destination, from, tos, metric, table };
