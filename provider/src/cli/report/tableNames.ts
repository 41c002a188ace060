import { tableOf } from "../../declaration/tableNumber";
import type { ObservedName } from "../../kernel/observed/state";
import type { PlannedHost } from "../preview/gathering";

/** What tables are called, by their numbers. */
export type TableNames = ReadonlyMap<number, string>;

/** As the program names them, by RoutingTable or in a HostRouting. */
export const declaredNames = ({ resources }: PlannedHost): TableNames =>
  new Map(
    resources.flatMap(({ before, after }) =>
      [before, after]
        .flatMap((side) => side?.wanted ?? [])
        .flatMap(({ names: one }) => (one === undefined ? [] : [[one.tableId, one.name]])),
    ),
  );

/** With what rt_tables on the host says besides; what is declared counts. */
export const withNames = (declared: TableNames, seen: readonly ObservedName[]): TableNames =>
  new Map([...seen.flatMap(({ tableId, name }) => (isOwn(tableId) ? [] : [[tableId, name] as const])), ...declared]);

/** Named by iproute2 itself: the kernel's three tables, and 0, which is none. */
const isOwn = (number: number): boolean => number === 0 || typeof tableOf(number) === "string";

/** `main` for 254, else the number, with its name behind it. */
export function printTable(table: number | string, names: TableNames): string {
  const number = Number(table);
  const name = names.get(number);
  const own = Number.isNaN(number) ? table : tableOf(number);
  return typeof own === "string" || name === undefined ? String(own) : `${own} ${name}`;
}

/** A sentence with its tables named. Not for commands: `ip` takes one word. */
export const withTables = (sentence: string, names: TableNames): string =>
  sentence.replace(/\btable ([0-9]+)\b/g, (_whole, number: string) => `table ${printTable(number, names)}`);

/** In the words of `ip`, which knows the names of the kernel's own tables. */
export const withKernelTables = (words: string): string => withTables(words, new Map());
