import type { Family } from "../spec/attribute";
import { type Table, tableNumber } from "../spec/tableNumber";

/** What an observation is to show beside rules and register. */
export interface Look {
  /** Routing tables, as `inet 100`. */
  readonly tables: ReadonlySet<string>;
  /** Whether to read the files of table names. */
  readonly names: boolean;
}

export const nothingMore: Look = { tables: new Set(), names: false };
export const lookAtTable = (family: Family, table: Table): Look => ({ tables: new Set([`${family} ${tableNumber(table)}`]), names: false });
export const lookAtNames: Look = { tables: new Set(), names: true };

export function together(looks: readonly Look[]): Look {
  return { tables: new Set(looks.flatMap(({ tables }) => [...tables])), names: looks.some(({ names }) => names) };
}

/** What the keys of a register need, so that what they own can be seen: `route inet table 100 ...` and `table 100`. */
export function lookFor(keys: readonly string[]): Look {
  return together(
    keys.map((key) => {
      const [, family, table] = /^route (inet6?) table (\S+)/.exec(key) ?? [];
      if (family !== undefined && table !== undefined)
        return {
          tables: new Set([
            `${family} ${tableNumber(table === "main" || table === "default" || table === "local" ? table : Number(table))}`,
          ]),
          names: false,
        };
      return key.startsWith("table ") ? lookAtNames : nothingMore;
    }),
  );
}

/** What `wanted` shows and `seen` did not. */
export const isCovered = (wanted: Look, seen: Look): boolean =>
  [...wanted.tables].every((table) => seen.tables.has(table)) && (seen.names || !wanted.names);
