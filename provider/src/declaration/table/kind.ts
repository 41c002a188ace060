import { entryKind } from "../entryKind";
import { tableKey } from "../key";
import { type NamedTable, routingTableAttributes, settleRoutingTable } from "./table";

export const tableKind = entryKind({
  resource: "RoutingTable",
  doc: "A table's name.",
  word: "table",
  isUntagged: true,
  held: "name",
  args: { name: "TableArgs", doc: "A table's number and name." },
  fields: routingTableAttributes,
  settle: settleRoutingTable,
  section: {
    doc: "Names of routing tables, each with the fields of RoutingTable, and `adopt`.",
    such: '{ tableId: 100, name: "rt2" }',
    example: { rt2: { tableId: 100, name: "rt2" } },
  },
  keyFields: ["tableId"],
  keyFollows: [],
  key: ({ tableId }) => (tableId === undefined ? undefined : tableKey(tableId)),
  whole: ({ tableId, name }): NamedTable | undefined => (tableId === undefined || name === undefined ? undefined : { tableId, name }),
  place: ({ tableId }) => `table/${tableId}`,
  places: ["table/102"],
});
