import type { Family } from "../../provider/src/declaration/family";
import { type Table, tableNumber } from "../../provider/src/declaration/tableNumber";
import { type Look, lookAtRules, nothingMore } from "../../provider/src/kernel/observed/look";

/** All of a table, which no resource asks for; with the rules, which say for whom it counts. */
export function lookAtTable(family: Family, table: Table, locks = false): Look {
  const tables = new Set([`${family} ${tableNumber(table)}`]);
  return { ...lookAtRules(family), tables, locks: locks ? tables : nothingMore.locks };
}
