import { attribute, has, numberAt } from "../attribute";
import { integer, oneOf, switchedOn, u32 } from "../number";
import { printRealms, realmsSchema } from "../realms";
import { tableNumber, tableOf, tableSchema } from "../tableNumber";
import { z } from "../zod";

/** The numbers of `enum fib_rule_action` in linux/fib_rules.h, as `ip -N` shows them. */
const actionNumbers = { blackhole: 6, unreachable: 7, prohibit: 8 } as const;

const table = attribute({
  schema: tableSchema,
  words: (value) => ["table", String(tableNumber(value))],
  observe: (json) => {
    const number = numberAt(json, "table");
    return number === undefined || number === 0 ? undefined : tableOf(number);
  },
  json: ["table"],
  doc: "Routing table in which the packet's route is looked up: a number, `main`, `default` or `local`, or a RoutingTable's `tableId`.",
  absent: "required, unless `goto`, `action` or `l3mdev` is given",
  ip: "table ID | main | default | local",
  example: 100,
});

const action = attribute({
  schema: oneOf(["blackhole", "unreachable", "prohibit", "nop"]),
  words: (value) => [value],
  observe: (json) => {
    if (has(json, "nop")) return "nop";
    const number = numberAt(json, "action");
    if (number === actionNumbers.blackhole) return "blackhole";
    if (number === actionNumbers.unreachable) return "unreachable";
    return number === actionNumbers.prohibit ? "prohibit" : undefined;
  },
  json: ["action", "nop"],
  doc: "What happens instead of a table lookup: `blackhole` drops silently, `unreachable` and `prohibit` answer with an ICMP error, `nop` does nothing.",
  absent: "the packet is looked up in `table`",
  ip: "blackhole | unreachable | prohibit | nop",
  example: "prohibit",
});

const goto = attribute({
  schema: integer(1, u32),
  words: (value) => ["goto", String(value)],
  observe: (json) => numberAt(json, "goto"),
  json: ["goto", "unresolved"],
  doc: "Priority of a later rule at which the evaluation goes on. While there is no rule with exactly that priority, nothing happens.",
  absent: "the packet is looked up in `table`",
  ip: "goto PRIORITY",
  example: 2000,
});

/** A selector that also says a table, so it stands among the actions. */
const l3mdev = attribute({
  ...switchedOn,
  words: () => ["l3mdev"],
  observe: (json) => (has(json, "l3mdev") ? true : undefined),
  json: ["l3mdev"],
  matcher:
    () =>
    ({ vrf }) =>
      vrf === undefined ? "unknown" : vrf !== "none",
  doc: "Only packets of a VRF: those that came in by one of its devices, or whose socket is bound to it. Looks them up in the VRF's own table, unless `action` or `goto` says what else becomes of them.",
  ip: "l3mdev",
});

const realms = attribute({
  schema: realmsSchema,
  words: (value) => ["realms", value],
  observe: (json) => printRealms(numberAt(json, "flow_from") ?? 0, numberAt(json, "flow_to") ?? 0),
  json: ["flow_from", "flow_to"],
  families: ["inet"],
  doc: "Realms for traffic accounting, `[SOURCE/]DESTINATION`, numbers. For inet6 the kernel would drop them silently, so they are refused.",
  absent: "none",
  ip: "realms [SOURCE/]DESTINATION",
  example: "3/4",
});

const suppressPrefixlength = attribute({
  schema: integer(0, 128),
  wrong: (value, { family }) => (family === "inet" && value > 32 ? "is at most 32 for inet" : undefined),
  words: (value) => ["suppress_prefixlength", String(value)],
  observe: (json) => numberAt(json, "suppress_prefixlen"),
  json: ["suppress_prefixlen"],
  doc: "Passes over routes of the table whose prefix is this long or shorter: with 0, over default routes. Error routes are not passed over.",
  absent: "every route counts",
  ip: "suppress_prefixlength N",
  example: 0,
});

const expectedGroup = `expected a group's number from 0 to ${u32 - 1}, or default`;
const suppressIfgroup = attribute({
  schema: z.union([z.literal("default").transform(() => 0), integer(0, u32 - 1, expectedGroup)], expectedGroup),
  words: (value) => ["suppress_ifgroup", String(value)],
  observe: (json) => (json["suppress_ifgroup"] === "default" ? 0 : numberAt(json, "suppress_ifgroup")),
  json: ["suppress_ifgroup"],
  doc: "Passes over routes of the table whose device is in this group: a number, or `default` (0). Other names differ from host to host.",
  absent: "every route counts",
  ip: "suppress_ifgroup GROUP",
  example: 5,
});

/** What a rule does with the packets that it applies to. */
export const ruleActions = { table, goto, action, l3mdev, realms, suppressPrefixlength, suppressIfgroup };

/** Of these a rule has one at most, and without `l3mdev` exactly one. */
export const oneActionOf = ["table", "goto", "action"] as const;
