import { routingTableAttributes } from "../../declaration/table/table";
import { type Named, printPlace } from "./reading";

/** The numbers of names that stand for one table each; `ip` takes any of the others. */
export const canonicalNames = (named: readonly Pick<Named, "name" | "tableId">[]): ReadonlyMap<string, number> =>
  new Map(
    named
      .filter(({ name, tableId }) => named.every((one) => one.name !== name || one.tableId === tableId))
      .map(({ name, tableId }) => [name, tableId]),
  );

/** Names that can be declared: one for each table, none for two; and why others are not. */
export function declarable(
  names: readonly Named[],
  used: ReadonlySet<unknown>,
): { readonly tables: readonly Named[]; readonly notes: readonly string[] } {
  const numbers = canonicalNames(names);
  const tables: Named[] = [];
  const notes: string[] = [];
  for (const one of names.filter(({ tableId }) => used.has(tableId))) {
    const { name, tableId, place } = one;
    const { error } = routingTableAttributes.name.schema.safeParse(name);
    const known = tables.find((table) => table.tableId === tableId);
    const why =
      error !== undefined
        ? error.issues.map(({ message }) => message).join("; ")
        : !numbers.has(name)
          ? "several tables have it"
          : known !== undefined && known.name !== name
            ? `its name here is ${known.name}`
            : undefined;
    if (why !== undefined) notes.push(`${printPlace(place)}: the name ${name} of table ${tableId} is not declared: ${why}`);
    else if (known === undefined) tables.push(one);
  }
  return { tables, notes };
}
