import { isDeepStrictEqual } from "node:util";
import { tableKey } from "../../declaration/key";
import type { NamedTable } from "../../declaration/table/table";
import type { EntryOnHosts } from "../observed/kind";
import { lookAtNames } from "../observed/look";
import { parseNames } from "../observed/parse";
import type { ObservedName } from "../observed/state";
import type { TableNameStep } from "../plan/step";
import { nameAt, unwantedName, wantedName } from "./name";

/** The file of ours for a table's name, written or erased. */
function named(names: readonly ObservedName[], { tableId, written }: TableNameStep): readonly ObservedName[] {
  const others = names.filter((one) => one.owner === undefined || one.tableId !== tableId);
  return written === undefined ? others : [...others, { file: "", tableId, ...written }];
}

export const names: EntryOnHosts<NamedTable> = {
  word: "table",
  whole: {
    call: () => "table_names",
    *read(text) {
      yield;
      return { names: parseNames(text("names")) };
    },
  },
  wanted: wantedName,
  look: () => lookAtNames,
  lookAt: () => lookAtNames,
  imported: ([tableId = "", ...rest]) =>
    /^[0-9]{1,10}$/.test(tableId) && rest.length === 0 ? { key: tableKey(Number(tableId)), look: lookAtNames } : undefined,
  seen: (state) =>
    state.names.map(({ tableId, name, file, owner }) => {
      const text = `table ${tableId} ${name} in ${file}`;
      return {
        key: tableKey(tableId),
        protocol: undefined,
        isOwnFile: owner !== undefined,
        values: { text },
        found: { tableId, name },
        unread: [],
        print: () => text,
      };
    }),
  unwanted: unwantedName,
  ownersInFiles: ({ names: all }) =>
    all.flatMap(({ tableId, owner }) => (owner === undefined ? [] : [[tableKey(tableId), owner] as const])),
  after: (state, { steps }) => ({ names: steps.reduce((all, step) => (step.on === "tableName" ? named(all, step) : all), state.names) }),
  own: ({ key }, state) => {
    const found = nameAt(key, state);
    return found === undefined ? undefined : { tableId: found.tableId, name: found.name };
  },
  says: isDeepStrictEqual,
  held: {
    as: (name) => ({ name }),
    of: (object) => ("name" in object ? object.name : undefined),
  },
};
