import type { Family } from "../../declaration/family";
import type { Route } from "../../declaration/route/route";
import { type Table, tableNumber } from "../../declaration/tableNumber";

/** What is to be seen of a routing table: what stands at some destinations, since it may hold every route of the internet, or all of it. */
export interface TableLook {
  readonly family: Family;
  readonly table: number;
  readonly destinations: ReadonlySet<string> | "all";
}

/** A look at each table, by its key. */
export type TableLooks = ReadonlyMap<string, TableLook>;

type Place = Pick<Route, "family" | "table" | "destination">;

const keyOf = ({ family, table }: { readonly family: Family; readonly table: Table }): string => `${family} ${tableNumber(table)}`;

export function lookInto(family: Family, table: Table, destinations: TableLook["destinations"]): TableLooks {
  const one = { family, table: tableNumber(table), destinations };
  return new Map([[keyOf(one), one]]);
}

export function allOf(looks: readonly TableLooks[]): TableLooks {
  const found = new Map<string, TableLook & { readonly destinations: Set<string> | "all" }>();
  for (const [key, one] of looks.flatMap((tables) => [...tables])) {
    const before = found.get(key)?.destinations;
    if (one.destinations === "all") found.set(key, { ...one, destinations: "all" });
    else if (before === undefined) found.set(key, { ...one, destinations: new Set(one.destinations) });
    else if (before !== "all") for (const destination of one.destinations) before.add(destination);
  }
  return found;
}

/** Something of the table is looked at. */
export const isLookedInto = (tables: TableLooks, route: Place): boolean => tables.has(keyOf(route));

export function isLookedAt(tables: TableLooks, route: Place): boolean {
  const destinations = tables.get(keyOf(route))?.destinations;
  return destinations === "all" || destinations?.has(route.destination) === true;
}

/** Nothing of `wanted` is not shown by `seen`. */
export const areCovered = (wanted: TableLooks, seen: TableLooks): boolean =>
  [...wanted].every(([key, { destinations }]) => {
    const shown = seen.get(key)?.destinations;
    if (shown === undefined || shown === "all" || destinations === "all") return shown === "all";
    return [...destinations].every((destination) => shown.has(destination));
  });
