import { prefixBitsOf } from "../../declaration/bits";
import { tableNumber } from "../../declaration/tableNumber";
import type { Entry, Tables } from "./tables";
import type { Hop } from "./verdict";

const [local, main] = [tableNumber("local"), tableNumber("main")];

/** Why it cannot be told where such packets go: neither is shown. */
export const passedOver = "is the host's own: where it was so when the route was made, the kernel passes over it for good";

/** IPv4's gateways that the host takes for its own. It looks for one in its route's own table first, if that is not main; then by the rules. */
export class OwnGateways {
  readonly #tables: Tables;
  readonly #known = new Map<string, boolean>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** One by which these hops of a route go, in words; undefined for nearly every route. */
  among({ next, observed: { route } }: Entry, hops: readonly Hop[]): string | undefined {
    const own = tableNumber(route.table);
    const table = next.byObject || own === main ? local : own;
    const via = hops.flatMap((hop) => hop.via ?? []).find((one) => !one.includes(":") && this.#isOwn(table, one));
    return via === undefined ? undefined : `the gateway ${via} of the route ${route.destination} in table ${route.table} ${passedOver}`;
  }

  #isOwn(table: number, address: string): boolean {
    const key = `${table} ${address}`;
    const known = this.#known.get(key) ?? this.#isLocalIn(table, address) ?? this.#isLocalIn(local, address) ?? false;
    this.#known.set(key, known);
    return known;
  }

  /** Undefined where no route of a table says how an address is reached: a gateway is not reached by another one. */
  #isLocalIn(table: number, address: string): boolean | undefined {
    for (const { plain } of this.#tables.holding(table, prefixBitsOf(address).bits))
      for (const { type, tos, next } of plain) {
        if (tos === 0 && type === "local") return true;
        if (tos === 0 && type === "unicast" && next.hops.every(({ via }) => via === undefined)) return false;
      }
    return undefined;
  }
}
