import { entryKind } from "../entryKind";
import { tableKey } from "../key";
import { type NamedTable, routingTableAttributes, settleRoutingTable } from "./table";

export const tableKind = entryKind({
  resource: "RoutingTable",
  word: "table",
  fields: routingTableAttributes,
  settle: settleRoutingTable,
  keyFields: ["tableId"],
  keyFollows: [],
  key: ({ tableId }) => (tableId === undefined ? undefined : tableKey(tableId)),
  whole: ({ tableId, name }): NamedTable | undefined => (tableId === undefined || name === undefined ? undefined : { tableId, name }),
});
