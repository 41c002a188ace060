import type { Family } from "../../provider/src/declaration/family";
import type { Table } from "../../provider/src/declaration/tableNumber";
import { type Look, lookAtRules, nothingMore } from "../../provider/src/kernel/observed/look";
import { lookInto } from "../../provider/src/kernel/observed/tableLook";

/** All of a table, which no resource asks for; with the rules, which say for whom it counts. */
export function lookAtTable(family: Family, table: Table, locks = false): Look {
  const routes = lookInto(family, table, "all");
  return { ...lookAtRules(family), routes, locks: locks ? routes : nothingMore.locks };
}
