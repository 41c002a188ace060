import { type Bits, bitAt, type PrefixBits } from "../../spec/bits";

interface Node<Value> {
  value: Value | undefined;
  /** The branches by the next bit. */
  zero: Node<Value> | undefined;
  one: Node<Value> | undefined;
}

const leaf = <Value>(): Node<Value> => ({ value: undefined, zero: undefined, one: undefined });

/** Values by prefix: a bit a level, so that what holds an address is found in as many steps as the longest prefix there has bits. */
export class PrefixTree<Value> {
  readonly #root = leaf<Value>();

  /** The value at exactly this prefix, made when there is none. */
  at({ bits, length }: PrefixBits, make: () => Value): Value {
    let node = this.#root;
    for (let depth = 0; depth < length; depth++) {
      const branch = bitAt(bits, depth) === 0 ? "zero" : "one";
      const next = node[branch] ?? leaf<Value>();
      node[branch] = next;
      node = next;
    }
    node.value ??= make();
    return node.value;
  }

  /** The values of all prefixes that hold an address, the shortest first. */
  along(bits: Bits): Value[] {
    const values: Value[] = [];
    const width = 32 * bits.length;
    let node: Node<Value> | undefined = this.#root;
    for (let depth = 0; node !== undefined; depth++) {
      if (node.value !== undefined) values.push(node.value);
      if (depth === width) break;
      node = bitAt(bits, depth) === 0 ? node.zero : node.one;
    }
    return values;
  }
}
