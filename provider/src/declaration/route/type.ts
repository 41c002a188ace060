import { attribute, has, type IpObject, numberAt } from "../attribute";
import { oneOf } from "../number";

export const routeTypes = [
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
] as const;
export type RouteType = (typeof routeTypes)[number];
/** The numbers of rtnetlink.h's RTN_*, as `ip -N` shows them. */
const typeNumbers = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const;
/** Types that drop or refuse: they have no next hop, though IPv6 shows `dev lo` for them. */
const errorTypes: readonly string[] = ["blackhole", "unreachable", "prohibit", "throw"];
export const isErrorType = (type: unknown): boolean => typeof type === "string" && errorTypes.includes(type);

export function typeAt(json: IpObject): RouteType | undefined {
  const number = numberAt(json, "type");
  return routeTypes.find((type) => typeNumbers[type] === number);
}

export const type = attribute<RouteType, RouteType>({
  schema: oneOf(routeTypes),
  settle: (value) => (value === "unicast" ? undefined : value),
  wrong: (value, { family, table }) => {
    if (family !== "inet6") return undefined;
    if (value === "anycast") return "anycast is of inet: for inet6 the kernel makes them itself";
    return value === "local" && table === "main" ? "local needs another table than main, where ip does not show it for inet6" : undefined;
  },
  words: (value) => [value],
  observe: (json) => {
    const value = typeAt(json);
    return value === "unicast" || has(json, "nhid") ? undefined : value; // that of a blackhole next hop is the object's
  },
  json: ["type"],
  doc: "Kind of route. `blackhole`, `unreachable`, `prohibit` and `throw` have no next hop; `throw` ends the lookup in this table and goes on to the next rule. Without `table` every type goes to main: `ip` would put `local`, `broadcast` and `anycast` into local.",
  absent: "unicast",
  ip: routeTypes.join(" | "),
  example: "unreachable",
});
