/** What a configuration of ssh says of one host: keywords in lower case, with their values in order. */
export type Words = ReadonlyMap<string, readonly string[]>;

/** `keyword value` a line. What is not set is left out, `none`, or has no value. */
export function wordsOf(text: string): Words {
  const words = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, keyword, value] = /^(\S+) (.+)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    const one = keyword.toLowerCase();
    words.set(one, [...(words.get(one) ?? []), value]);
  }
  return words;
}
