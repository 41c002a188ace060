import type { FieldTable, Values } from "../../../provider/src/declaration/attribute";
import { type Across, canonical } from "../../../provider/src/declaration/canonical";
import { printProblem } from "../../../provider/src/declaration/failures";

/** What is wrong with an input, as a person reads it. */
export function problemsWith<Table extends FieldTable>(
  table: Table,
  input: Readonly<Record<string, unknown>>,
  across?: Across<Values<Table>>,
): string[] {
  return canonical(table, input, across).problems.map(printProblem);
}
