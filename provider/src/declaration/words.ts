import type { Attribute, AttributeTable, Context } from "./attribute";

const entriesByTable = new WeakMap<AttributeTable, readonly [string, Attribute][]>();
/** The attributes of a table by name: asked for with every object of thousands. */
export function entriesOf(table: AttributeTable): readonly [string, Attribute][] {
  const known = entriesByTable.get(table) ?? Object.entries(table);
  entriesByTable.set(table, known);
  return known;
}

/** The words for `ip` of an object's values, in the table's order; `tag` goes before those that must be last. */
export function wordsOf(table: AttributeTable, values: Context, tag: readonly string[] = []): string[] {
  const words: string[] = [];
  const last: string[] = [];
  for (const [name, attribute] of entriesOf(table)) {
    const value = values[name];
    if (value !== undefined) (attribute.last === true ? last : words).push(...attribute.words(value, values));
  }
  return [...words, ...tag, ...last];
}
