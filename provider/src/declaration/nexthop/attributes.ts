import { attribute, has, textAt } from "../attribute";
import { deviceSchema, integer, oneOf, switchedOn, u32 } from "../number";
import { encap } from "../route/encap";
import { nextHopAttributes } from "../route/nextHop";
import { groupAttributes } from "./group";

const nhid = attribute({
  schema: integer(1, u32),
  words: (value) => ["id", String(value)],
  observe: (json) => (typeof json["id"] === "number" ? json["id"] : undefined),
  json: ["id"],
  doc: "Number of the object, from 1 to 4294967295; a route names it by its own `nhid`.",
  absent: "required",
  ip: "id ID",
  example: 5,
});

const family = attribute({
  schema: oneOf(["inet", "inet6"]),
  settle: (value, { via, group }) => (value === "inet" || via !== undefined || group !== undefined ? undefined : value),
  words: () => [],
  observe: (json, context) => (context.family === "inet6" && !has(json, "gateway") && !has(json, "group") ? "inet6" : undefined),
  json: [],
  doc: "Address family of routes that may use it, for a next hop with `dev` alone or `blackhole`; `via` says it by itself, and a group takes its members'.",
  absent: "inet",
  ip: "-4 | -6",
  example: "inet6",
});

const dev = attribute({
  schema: deviceSchema,
  words: (device) => ["dev", device],
  observe: (json) => textAt(json, "dev"),
  // The scope is the kernel's own reckoning, from the gateway.
  json: ["dev", "scope"],
  doc: "Device by which packets leave.",
  absent: "required, unless it is a `group` or a `blackhole`",
  ip: "dev NAME",
  example: "eth1",
});

const blackhole = attribute({
  ...switchedOn,
  words: () => ["blackhole"],
  observe: (json) => (has(json, "blackhole") ? true : undefined),
  json: ["blackhole"],
  doc: "Drops packets silently.",
  ip: "blackhole",
});

const { via, onlink } = nextHopAttributes;

/** Every attribute of a next hop object, in the order in which `ip nexthop` is given its words. */
export const nexthopAttributes = {
  nhid,
  family,
  encap,
  via: { ...via, doc: "Gateway: the next hop's address.", absent: "destinations are on the link of `dev`", ip: "via ADDRESS" },
  dev,
  blackhole,
  onlink,
  ...groupAttributes,
};
