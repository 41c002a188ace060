import type { AttributeTable, Context } from "./attribute";

/** The words for `ip` of an object's values, in the table's order; `tag` goes before those that must be last. */
export function wordsOf(table: AttributeTable, values: Context, tag: readonly string[] = []): string[] {
  const words = (last: boolean): string[] =>
    Object.entries(table).flatMap(([name, attribute]) => {
      const value = values[name];
      return value === undefined || (attribute.last === true) !== last ? [] : [...attribute.words(value, values)];
    });
  return [...words(false), ...tag, ...words(true)];
}
