import type { Adopt } from "../declaration/adopt";
import type { FieldTable, Values } from "../declaration/attribute";
import type { EntryKind } from "../declaration/entryKind";
import { PolicyRoutingError } from "../errors";

/** Values that the checks let pass, as the object that they describe. */
export function wholeOf<Table extends FieldTable, Whole>({ whole }: EntryKind<Table, Whole>, values: Values<Table>): Whole {
  const one = whole(values);
  if (one === undefined) throw new PolicyRoutingError("bug", { topic: "bug", what: "a value that the checks require is missing" });
  return one;
}

/** Without what an entry says beside its object. */
export function objectIn<Values extends object>(entry: Values & { adopt?: Adopt }): Values {
  const values = { ...entry };
  delete values.adopt;
  return values;
}
