import { attribute, has, numberAt } from "../attribute";
import { integer, oneOf, u32 } from "../number";
import { printRealms, realmsSchema } from "../realms";

const realms = attribute({
  schema: realmsSchema,
  words: (value) => ["realms", value],
  observe: (json) => printRealms(numberAt(json, "flow.from") ?? 0, numberAt(json, "flow.to") ?? 0),
  json: ["flow.from", "flow.to"],
  families: ["inet"],
  doc: "Realms for traffic accounting, `[SOURCE/]DESTINATION`, numbers. For inet6 the kernel would drop them silently, so they are refused.",
  absent: "none",
  ip: "realms [SOURCE/]DESTINATION",
  example: "3/4",
});

const pref = attribute({
  schema: oneOf(["low", "medium", "high"]),
  settle: (value) => (value === "medium" ? undefined : value),
  words: (value) => ["pref", value],
  observe: (json) => (json["pref"] === "low" ? "low" : json["pref"] === "high" ? "high" : undefined),
  json: ["pref"],
  families: ["inet6"],
  doc: "Preference among routers, as router advertisements give it.",
  absent: "medium",
  ip: "pref low | medium | high",
  example: "high",
});

const expires = attribute({
  schema: integer(1, 0x7fffffff),
  words: (value) => ["expires", String(value)],
  observe: (json) => numberAt(json, "expires"),
  json: ["expires"],
  fades: true,
  families: ["inet6"],
  doc: "Seconds after which the kernel removes the route by itself. Set anew whenever you change it; what is left of it is never drift.",
  absent: "it stays",
  ip: "expires SECONDS",
  example: 3600,
});

const nhid = attribute({
  schema: integer(1, u32),
  words: (value) => ["nhid", String(value)],
  observe: (json) => (has(json, "nhid") ? numberAt(json, "nhid") : undefined),
  json: ["nhid"],
  doc: "Number of a next hop object (`ip nexthop`), instead of `via`, `dev` and `nexthops`. When the object goes, the kernel takes the route along.",
  absent: "the route has next hops of its own",
  ip: "nhid ID",
  example: 5,
});

export const optionAttributes = { realms, pref, expires, nhid };
