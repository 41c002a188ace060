import type { Bits } from "../../../declaration/bits";
import type { Ready } from "../compile";
import type { Destination, Entry } from "../tables";

/** What tables have for an address, as far as a lookup can tell: two addresses of one effect are led alike, whatever asks. */
export class Effects {
  readonly #known = new WeakMap<Destination, number>();
  readonly #numbers = new Map<string, number>();
  readonly #limits: readonly number[];

  /** `limits` are the prefix lengths at which rules pass over routes. */
  constructor(limits: Iterable<number>) {
    this.#limits = [...new Set(limits)];
  }

  of({ tables }: Ready, numbers: readonly number[], address: Bits): string {
    return numbers
      .map((number) =>
        tables
          .holding(number, address)
          .map((one) => this.#numberOf(one))
          .join("."),
      )
      .join(" ");
  }

  #numberOf(destination: Destination): number {
    const known = this.#known.get(destination);
    if (known !== undefined) return known;
    const text = this.#textOf(destination);
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    this.#known.set(destination, number);
    return number;
  }

  #textOf({ length, plain, bySource }: Destination): string {
    const passedOver = this.#limits.filter((limit) => length <= limit).length;
    const sources = bySource.map(({ source, entries }) => [source.bits, source.length, entries.map(textOf)]);
    return JSON.stringify([length === 0, passedOver, plain.map(textOf), sources]);
  }
}

/** By a next hop object the kernel remembers where it looked: such a route is like no other. */
const textOf = ({ observed: { route }, type, tos, metric, next: { hops, blackhole, byObject, unsure } }: Entry): string =>
  JSON.stringify([type, tos, metric, route.pref, route.scope, hops, blackhole, unsure, byObject ? [route.nhid, route.destination] : 0]);
