import { integer, u32 } from "./number";
import { z } from "./zod";

/** The kernel's own tables, by the names that `ip` knows everywhere. */
export const kernelTables = { default: 253, main: 254, local: 255 } as const;
export type TableName = keyof typeof kernelTables;
export type Table = number | TableName;

const expected = "expected a table number from 1 to 4294967295, main, default or local";

/** Canonical: a name for the kernel's own tables, a number for every other. 255 must be written `local`: it is rarely meant. */
export const tableSchema: z.ZodType<Table, Table> = z
  .union(
    [
      z.enum(["main", "default", "local"]),
      z.literal(kernelTables.default).transform(() => "default" as const),
      z.literal(kernelTables.main).transform(() => "main" as const),
      integer(1, u32, expected),
    ],
    expected,
  )
  .refine((table) => table !== kernelTables.local, "table 255 holds the host's own addresses: write local if you mean it");

export function tableNumber(table: Table): number {
  return typeof table === "number" ? table : kernelTables[table];
}

export function tableOf(number: number): Table {
  if (number === kernelTables.main) return "main";
  if (number === kernelTables.default) return "default";
  return number === kernelTables.local ? "local" : number;
}
