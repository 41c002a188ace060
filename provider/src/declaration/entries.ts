import type { FieldTable, Inputs, Values } from "./attribute";
import { type Across, objectOf } from "./canonical";
import { z } from "./zod";

/** Entries by their labels. */
export type Entries<Value> = Readonly<Record<string, Value>>;

/** A label is for people, in previews and messages; nothing on the host has it. */
const labelForm = /^[A-Za-z0-9][A-Za-z0-9_.:/ -]{0,199}$/;
const expectedLabel = "expected a label of 1 to 200 letters, digits, blanks and . _ - : /, beginning with a letter or digit";

/** Objects keyed by label, such as `{ "isp1-from": { ... } }`. An entry that is undefined counts as left out. */
export function entriesOf<Value, Input>(
  entry: z.ZodType<Value, Input>,
  expected: string,
  label: z.ZodString = z.string().regex(labelForm, expectedLabel),
): z.ZodType<Entries<Value>, Entries<Input>> {
  const record = z.record(label, entry, `expected an object of labelled entries, such as ${expected}`);
  return z.preprocess<unknown, typeof record, Entries<Input>>(withoutAbsent, record);
}

function withoutAbsent(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, entry]) => entry !== undefined && entry !== null));
}

/** The same for entries that a table describes. */
export function describedEntries<Table extends FieldTable>(
  table: Table,
  example: string,
  across: Across<Values<Table>>,
): z.ZodType<Entries<Values<Table>>, Entries<Inputs<Table>>> {
  return entriesOf(objectOf(table, `expected an object such as ${example}`, across), `{ label: ${example} }`);
}
