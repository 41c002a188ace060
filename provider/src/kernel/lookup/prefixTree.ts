import type { Bits, PrefixBits } from "../../declaration/bits";

/** What the words of an address lead to: one map a word. */
interface Node<Value> {
  readonly next: Map<number, Node<Value>>;
  value: Value | undefined;
}

const node = <Value>(): Node<Value> => ({ next: new Map(), value: undefined });

interface Level<Value> {
  readonly length: number;
  readonly root: Node<Value>;
}

/** Word `at` of an address, as far as a prefix of this length counts it. */
function masked(bits: Bits, at: number, length: number): number {
  const beyond = 32 * (at + 1) - length;
  const word = bits[at] ?? 0;
  return beyond <= 0 ? word : (word & (0xffffffff << beyond)) >>> 0;
}

/** Values by prefix, one level for each prefix length that occurs: what holds an address is found in a few steps. */
export class PrefixTree<Value> {
  readonly #levels: Level<Value>[] = [];

  /** The value at exactly this prefix, made when there is none. */
  at({ bits, length }: PrefixBits, make: () => Value): Value {
    let current = this.#level(length).root;
    for (let at = 0; 32 * at < length; at++) {
      const word = masked(bits, at, length);
      const next = current.next.get(word) ?? node<Value>();
      current.next.set(word, next);
      current = next;
    }
    current.value ??= make();
    return current.value;
  }

  #level(length: number): Level<Value> {
    const known = this.#levels.find((level) => level.length === length);
    if (known !== undefined) return known;
    const level = { length, root: node<Value>() };
    this.#levels.push(level);
    this.#levels.sort((a, b) => b.length - a.length);
    return level;
  }

  /** Whether it has a prefix that does not hold every address. */
  get parts(): boolean {
    return this.#levels.some(({ length }) => length > 0);
  }

  /** The values of all prefixes that hold an address, the longest first. */
  holding(bits: Bits): Value[] {
    const values: Value[] = [];
    for (const { length, root } of this.#levels) {
      let current: Node<Value> | undefined = root;
      for (let at = 0; 32 * at < length && current !== undefined; at++) current = current.next.get(masked(bits, at, length));
      if (current?.value !== undefined) values.push(current.value);
    }
    return values;
  }
}
