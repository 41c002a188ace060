import { tableKey } from "../../declaration/key";
import { isSameStack } from "../../declaration/owner";
import type { NamedTable } from "../../declaration/table/table";
import type { ObservedName, State } from "../observed/state";
import { belongsToAnother, conflict, differs } from "../plan/adoption";
import { emptyPlan, type Mandate, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { tableName } from "../plan/step";

const stage = 0;

const ownFile = (state: State, tableId: number): ObservedName | undefined =>
  state.names.find((line) => line.tableId === tableId && line.owner !== undefined);

const written = (mine: ObservedName | undefined) => (mine?.owner === undefined ? undefined : { name: mine.name, owner: mine.owner });

function ensure(table: NamedTable, state: State, { id, stack, adopt }: Mandate): Plan {
  const key = tableKey(table.tableId);
  const mine = ownFile(state, table.tableId);
  const others = state.names.filter(
    (line) => line !== mine && (line.tableId === table.tableId) !== (line.name === table.name) && line.owner?.id !== id,
  );
  const [other] = others;
  if (other !== undefined)
    throw conflict(
      "table-name-taken",
      key,
      other.name === table.name
        ? `the name ${table.name} already stands for table ${other.tableId} in ${other.file}`
        : `table ${table.tableId} already has the name ${other.name} in ${other.file}`,
      "choose another name or number, or remove that line on the host",
    );
  if (mine?.owner !== undefined && mine.owner.id !== id && !isSameStack(mine.owner.stack, stack) && adopt === false)
    throw belongsToAnother(key, mine.owner, "number");
  if (mine?.owner !== undefined && !isSameStack(mine.owner.stack, stack) && adopt === "same" && mine.name !== table.name)
    throw differs(key, mine.name, table.name);
  if (mine === undefined && state.names.some((line) => line.tableId === table.tableId && line.name === table.name)) return emptyPlan([key]); // named so by somebody else: left as it is
  if (mine?.name === table.name && mine.owner?.id === id) return emptyPlan([key]);
  return {
    keys: [key],
    steps: [tableName(table.tableId, { name: table.name, owner: { id, stack } })],
    undo: [tableName(table.tableId, written(mine))],
    register: [],
    becomes: [],
    notes: [],
    takes: mine?.owner === undefined || mine.owner.id === id || !isSameStack(mine.owner.stack, stack) ? [] : [{ key, from: mine.owner }],
  };
}

export function wantedName(table: NamedTable): Wanted {
  return {
    key: tableKey(table.tableId),
    label: `table ${table.tableId} ${table.name}`,
    stage,
    needs: [],
    names: table,
    ensure: (state, mandate) => ensure(table, state, mandate),
    missing: (state) =>
      state.names.some((line) => line.tableId === table.tableId && line.name === table.name) ? undefined : "is not there",
    stored: () => ({ otherwise: "by its own file" }),
    read: (state, _tags, id) => {
      const mine = ownFile(state, table.tableId);
      if (mine !== undefined) return mine.owner?.id === id ? { tableId: mine.tableId, name: mine.name } : undefined;
      const named = state.names.find((line) => line.tableId === table.tableId);
      return named === undefined ? undefined : { tableId: named.tableId, name: named.name };
    },
    holder: (state) => ownFile(state, table.tableId)?.owner,
  };
}

export function unwantedName(key: string): Unwanted | undefined {
  const [, number] = /^table ([0-9]+)$/.exec(key) ?? [];
  if (number === undefined) return undefined;
  const tableId = Number(number);
  return {
    key,
    stage,
    remove: (state, { id }) => {
      const mine = ownFile(state, tableId);
      return mine?.owner?.id === id
        ? { keys: [key], steps: [tableName(tableId)], undo: [tableName(tableId, written(mine))], register: [], becomes: [], notes: [] }
        : emptyPlan([key]);
    },
    remains: (state) => ownFile(state, tableId)?.name,
  };
}

/** The line of ours at a key. */
export const nameAt = (key: string, { names }: Pick<State, "names">): ObservedName | undefined =>
  key.startsWith("table ") ? names.find(({ tableId, owner }) => owner !== undefined && tableKey(tableId) === key) : undefined;
