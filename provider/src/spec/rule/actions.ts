import { attribute, has, numberAt } from "../attribute";
import { oneOf } from "../number";
import { tableNumber, tableOf, tableSchema } from "../tableNumber";

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
  absent: "required, unless `action` is given",
  ip: "table ID",
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

/** What a rule does with the packets that it applies to. */
export const ruleActions = { table, action };
