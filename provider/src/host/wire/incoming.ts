import type { Bound } from "./bound";

/** The last line of an answer is shorter than this. */
const longestMark = 80;

/** An answer while it comes in. */
export class Incoming {
  readonly #end: RegExp;
  readonly #bound: Bound;
  readonly #chunks: string[] = [];
  #left: Bound;
  /** The last line may lie across two chunks. */
  #tail = "";

  constructor(mark: string, bound: Bound) {
    this.#end = new RegExp(`\n${mark} end \\w+\n`);
    this.#bound = bound;
    this.#left = bound;
  }

  get length(): number {
    return this.#bound.bytes - this.#left.bytes;
  }

  /** What came last, for a message. */
  get latest(): string {
    return (this.#chunks.at(-1) ?? "").slice(-200);
  }

  /** True once it is whole. */
  take(text: string): boolean {
    this.#chunks.push(text);
    const { bytes, lines, objects } = this.#left;
    this.#left = { bytes: bytes - text.length, lines: lines - count(text, "\n"), objects: objects - count(text, "{") };
    const end = this.#tail + text;
    this.#tail = end.slice(-longestMark);
    return this.#end.test(end);
  }

  /** What there is more of than was asked for, in words; undefined where nothing is. */
  get tooMuch(): string | undefined {
    const { bytes, lines, objects } = this.#bound;
    if (this.#left.bytes < 0) return `more than ${Math.round(bytes / 1024 / 1024)} MiB`;
    if (this.#left.lines < 0) return `more than ${lines} lines`;
    return this.#left.objects < 0 ? `more than ${objects} objects` : undefined;
  }

  whole(): string {
    return this.#chunks.join("");
  }
}

function count(text: string, letter: string): number {
  let found = 0;
  for (let at = text.indexOf(letter); at !== -1; at = text.indexOf(letter, at + 1)) found++;
  return found;
}
