/** What the demo says: a numbered step, then what was seen. */
let step = 0;

export function begin(what: string): void {
  step++;
  console.log(`\n${step}. ${what}`);
}

export function saw(text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(`   ${line}`);
}

/** The demo shows nothing that it did not check. */
export function expect(claim: boolean, what: string): void {
  if (!claim) throw new Error(`the demo expected that ${what}`);
  saw(`seen: ${what}`);
}

/** Lines of the engine's output that tell the story. */
export function linesWith(text: string, ...words: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => words.some((word) => line.includes(word)))
    .map((line) => line.trimEnd())
    .join("\n");
}
