import { type Family, families } from "../spec/family";
import { type Table, tableNumber } from "../spec/tableNumber";

/** What an observation is to show beside the register. */
export interface Look {
  /** Families of which the rules are to be seen. */
  readonly rules: ReadonlySet<Family>;
  /** Routing tables, as `inet 100`. */
  readonly tables: ReadonlySet<string>;
  /** Those of them whose locked metrics are to be seen: `ip -j` leaves locks out, the plain text does not. */
  readonly locks: ReadonlySet<string>;
  /** Tags of which every route is to be seen, whatever its table. */
  readonly tagged: ReadonlySet<number>;
  /** Whether to read the files of table names. */
  readonly names: boolean;
  /** Whether to read next hop objects, and the routes that go by them. */
  readonly nexthops: boolean;
  /** Whether to read the settings of devices. */
  readonly sysctls: boolean;
  /** Whether to ask how this connection is routed. */
  readonly paths: boolean;
  /** Lines for sh/probes.sh. */
  readonly probes: readonly string[];
}

export const nothingMore: Look = {
  rules: new Set(),
  tables: new Set(),
  locks: new Set(),
  tagged: new Set(),
  names: false,
  nexthops: false,
  sysctls: false,
  paths: false,
  probes: [],
};
export const lookAtRules = (family: Family): Look => ({ ...nothingMore, rules: new Set([family]) });
/** With the rules, which say for whom the table counts. */
export function lookAtTable(family: Family, table: Table, locks = false): Look {
  const tables = new Set([`${family} ${tableNumber(table)}`]);
  return { ...lookAtRules(family), tables, locks: locks ? tables : nothingMore.locks };
}
/** Of both families. */
export const lookAtTagged = (tag: number): Look => ({ ...nothingMore, rules: new Set(families), tagged: new Set([tag]) });
export const lookAtNames: Look = { ...nothingMore, names: true };
export const lookAtSysctls: Look = { ...nothingMore, sysctls: true };
/** With all rules: whether a change of one moves the way of our own connection hangs on them. */
export const lookAtNexthops: Look = { ...nothingMore, rules: new Set(families), nexthops: true };

export function together(looks: readonly Look[]): Look {
  return {
    rules: new Set(looks.flatMap(({ rules }) => [...rules])),
    tables: new Set(looks.flatMap(({ tables }) => [...tables])),
    locks: new Set(looks.flatMap(({ locks }) => [...locks])),
    tagged: new Set(looks.flatMap(({ tagged }) => [...tagged])),
    names: looks.some(({ names }) => names),
    nexthops: looks.some(({ nexthops }) => nexthops),
    sysctls: looks.some(({ sysctls }) => sysctls),
    paths: looks.some(({ paths }) => paths),
    probes: looks.flatMap(({ probes }) => probes),
  };
}

/** What the keys of a register need, so that what they own can be seen: `rule inet 1000`, `route inet table 100 ...`, `table 100`. */
export function lookFor(keys: readonly string[]): Look {
  return together(
    keys.map((key) => {
      const [, family, table] = /^route (inet6?) table (\S+)/.exec(key) ?? [];
      if (family !== undefined && table !== undefined)
        return lookAtTable(
          family === "inet6" ? "inet6" : "inet",
          table === "main" || table === "default" || table === "local" ? table : Number(table),
        );
      if (key.startsWith("rule ")) return lookAtRules(key.startsWith("rule inet6 ") ? "inet6" : "inet");
      if (key.startsWith("nexthop ")) return lookAtNexthops;
      return key.startsWith("table ") ? lookAtNames : nothingMore;
    }),
  );
}

/** What `wanted` shows and `seen` did not. */
export const isCovered = (wanted: Look, seen: Look): boolean =>
  [...wanted.rules].every((family) => seen.rules.has(family)) &&
  [...wanted.tables].every((table) => seen.tables.has(table)) &&
  [...wanted.locks].every((table) => seen.locks.has(table)) &&
  [...wanted.tagged].every((tag) => seen.tagged.has(tag)) &&
  (seen.names || !wanted.names) &&
  (seen.nexthops || !wanted.nexthops) &&
  (seen.sysctls || !wanted.sysctls);
