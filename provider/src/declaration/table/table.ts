import { attribute, type Values } from "../attribute";
import type { Problem } from "../failures";
import { integer, u32 } from "../number";
import { kernelTables } from "../tableNumber";
import { z } from "../zod";

/** Names that `ip` already gives a meaning. */
const reserved = ["unspec", "default", "main", "local", "all", "cache"];
const expectedName = "expected a name of 1 to 31 letters, digits and . _ -, beginning with a letter";
const kernelIds: readonly number[] = Object.values(kernelTables);

const tableId = attribute({
  schema: integer(1, u32).refine(
    (id) => !kernelIds.includes(id),
    `is one of the kernel's own tables: ${Object.entries(kernelTables)
      .map(([name, id]) => `${id} (${name})`)
      .join(", ")}`,
  ),
  words: (id) => [String(id)],
  observe: () => undefined,
  json: [],
  doc: "Number of the table, from 1 to 4294967295; 253, 254 and 255 are the kernel's own.",
  absent: "required",
  ip: "table ID",
  example: 100,
});

const name = attribute({
  schema: z
    .string(expectedName)
    .regex(/^[A-Za-z][A-Za-z0-9._-]{0,30}$/, expectedName)
    .refine((text) => !reserved.includes(text), `is reserved: ${reserved.join(", ")}`),
  words: (text) => [text],
  observe: () => undefined,
  json: [],
  doc: "Name of the table, so that people on the host can write `ip route list table NAME`. It goes to a file of ours in `/etc/iproute2/rt_tables.d/`.",
  absent: "required",
  ip: "table NAME",
  example: "rt2",
});

export const routingTableAttributes = { tableId, name };
export type RoutingTableValues = Values<typeof routingTableAttributes>;
/** A table's name on a host. */
export interface NamedTable {
  readonly tableId: number;
  readonly name: string;
}

export function settleRoutingTable(values: RoutingTableValues, pending: ReadonlySet<string>): Problem[] {
  return (["tableId", "name"] as const)
    .filter((field) => values[field] === undefined && !pending.has(field))
    .map((field) => ({ path: [field], text: "is required" }));
}
