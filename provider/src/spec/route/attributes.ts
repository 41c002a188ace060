import { z } from "zod";
import { addressSchema, canonicalAddress, familyOf, isEverything, networkPrefixSchema, parsePrefix, printPrefix } from "../address";
import { attribute, type Context, type Family, type IpObject, numberAt, textAt } from "../attribute";
import { deviceSchema, flag, integer, oneOf, u32 } from "../number";
import { tableNumber, tableOf, tableSchema } from "../tableNumber";

/** The numbers of rtnetlink.h's RTN_*, as `ip -N` shows them. */
const typeNumbers = { unicast: 1, local: 2, broadcast: 3, multicast: 5, blackhole: 6, unreachable: 7, prohibit: 8, throw: 9 } as const;
export const routeTypes = ["unicast", "local", "broadcast", "multicast", "blackhole", "unreachable", "prohibit", "throw"] as const;
export type RouteType = (typeof routeTypes)[number];
/** Types that drop or refuse: they have no next hop, though IPv6 shows `dev lo` for them. */
const errorTypes: readonly string[] = ["blackhole", "unreachable", "prohibit", "throw"];
export const isErrorType = (type: unknown): boolean => typeof type === "string" && errorTypes.includes(type);

/** The numbers of rtnetlink.h's RT_SCOPE_*. */
const scopeNumbers = { global: 0, site: 200, link: 253, host: 254 } as const;
const scopes = ["global", "site", "link", "host"] as const;

const tosForm = /^(0x[0-9a-f]{1,2}|[0-9]{1,3})$/i;
const expectedTos = 'expected a type of service such as 16 or "0x10", a multiple of 4 up to 0xfc';

function typeAt(json: IpObject): RouteType | undefined {
  const number = numberAt(json, "type");
  return routeTypes.find((type) => typeNumbers[type] === number);
}

/** The kernel's default: IPv6 reads 0 as 1024, IPv4 keeps 0. */
export const defaultMetric: Readonly<Record<Family, number>> = { inet: 0, inet6: 1024 };

/** The scope that iproute2 chooses when none is given: by type, then by whether there is a gateway. */
function defaultScope({ type, via }: Context): keyof typeof scopeNumbers {
  if (type === "local") return "host";
  if (type === "broadcast" || type === "multicast") return "link";
  return via === undefined && (type === undefined || type === "unicast") ? "link" : "global";
}

const type = attribute({
  schema: oneOf(routeTypes),
  settle: (value) => (value === "unicast" ? undefined : value),
  words: (value) => [value],
  observe: (json) => {
    const value = typeAt(json);
    return value === "unicast" ? undefined : value;
  },
  json: ["type"],
  doc: "Kind of route. `blackhole`, `unreachable`, `prohibit` and `throw` have no next hop; `throw` ends the lookup in this table and goes on to the next rule.",
  absent: "unicast",
  ip: routeTypes.join(" | "),
  example: "unreachable",
});

const destination = attribute({
  schema: networkPrefixSchema.or(oneOf(["default"])),
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

const via = attribute({
  schema: addressSchema,
  words: (address, { family }) =>
    family !== undefined && familyOf(address) !== family ? ["via", familyOf(address), address] : ["via", address],
  observe: (json) => {
    const other = json["via"];
    const gateway =
      typeof other === "object" && other !== null && "host" in other && typeof other.host === "string"
        ? other.host
        : textAt(json, "gateway");
    return gateway === undefined ? undefined : canonicalAddress(gateway);
  },
  json: ["gateway", "via"],
  doc: "Gateway: the next hop's address. An IPv4 route may have an IPv6 gateway.",
  absent: "the destination is on the link of `dev`",
  ip: "via [inet6] ADDRESS",
  example: "203.0.113.1",
});

const dev = attribute({
  schema: deviceSchema,
  words: (device) => ["dev", device],
  observe: (json) => (isErrorType(typeAt(json)) ? undefined : textAt(json, "dev")),
  json: ["dev"],
  filled: true,
  doc: "Device by which the packet leaves.",
  absent: "the device through which `via` is reached",
  ip: "dev NAME",
  example: "eth1",
});

const src = attribute({
  schema: addressSchema,
  words: (address) => ["src", address],
  observe: (json) => {
    const address = textAt(json, "prefsrc");
    return address === undefined ? undefined : canonicalAddress(address);
  },
  json: ["prefsrc"],
  doc: "Source address that the host prefers when it sends by this route. It must be an address of the host.",
  absent: "chosen by the kernel",
  ip: "src ADDRESS",
  example: "203.0.113.10",
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
  ip: "table ID",
  example: 100,
});

const scope = attribute({
  schema: oneOf(scopes),
  settle: (value, context) => (context.family === "inet6" || value === defaultScope(context) ? undefined : value),
  words: (value) => ["scope", String(scopeNumbers[value])],
  observe: (json, context) => {
    if (context.family === "inet6") return undefined;
    const number = numberAt(json, "scope");
    if (number === undefined) return undefined;
    const value = scopes.find((name) => scopeNumbers[name] === number);
    return value === defaultScope({ type: typeAt(json), via: json["gateway"] ?? json["via"] }) ? undefined : value;
  },
  json: ["scope"],
  doc: "How far the destinations are: IPv4 only has a use for it (`link` for a network on the device).",
  absent: "link without `via`, host for type local, else global",
  ip: "scope SCOPE",
  example: "link",
});

const onlink = attribute({
  schema: flag,
  settle: (value) => value || undefined,
  words: () => ["onlink"],
  observe: (json) => (Array.isArray(json["flags"]) && json["flags"].includes("onlink") ? true : undefined),
  json: ["flags"],
  doc: "Takes the gateway to be on the link of `dev`, even where no route says so.",
  absent: "false",
  ip: "onlink",
  example: true,
});

const family = attribute({
  schema: oneOf(["inet", "inet6"]),
  words: () => [],
  observe: (_json, context) => context.family,
  json: [],
  doc: "Address family: `inet` (IPv4) or `inet6` (IPv6).",
  absent: "taken from `destination`, `src` or `via`; required for a default route that names none of these",
  ip: "-4 | -6",
  example: "inet",
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

/** Every attribute of a route, in the order in which `ip` is given its words. */
export const routeAttributes = { family, type, destination, from, tos, via, dev, src, metric, table, scope, onlink };
