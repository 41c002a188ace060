import type { Attribute, AttributeTable, Context } from "./attribute";
import { onceFor } from "./once";

/** The attributes of a table by name: asked for with every object of thousands. */
export const entriesOf = onceFor((table: AttributeTable): readonly [string, Attribute][] => Object.entries(table));

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
