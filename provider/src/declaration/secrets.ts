import type { FieldTable } from "./attribute";
import { fieldsOf } from "./canonical";
import { isObject } from "./isObject";
import { ownEntry } from "./ownEntry";
import { unknownValue } from "./unknown";

type Json = Readonly<Record<string, unknown>>;

/** The values, with `mark` around each one that the table, or the table of an object inside, calls secret. */
export function withSecrets(fields: FieldTable, values: Json, mark: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = ownEntry(fields, name);
      if (value === undefined || value === null || value === unknownValue) return [name, value];
      if (field?.secret === true) return [name, mark(value)];
      const inner = field === undefined ? undefined : fieldsOf(field.schema);
      return [name, inner !== undefined && isObject(value) ? withSecrets(inner, value, mark) : value];
    }),
  );
}
