/** What a table of ours says of a word from outside: every object has a `constructor` and its like, which no table means. */
export const ownEntry = <Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
