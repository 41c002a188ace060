import { type Bits, holdsBits, type PrefixBits, prefixBitsOf } from "../../declaration/bits";
import type { Family } from "../../declaration/family";
import { defaultMetric } from "../../declaration/route/key";
import type { RouteType } from "../../declaration/route/type";
import { tableNumber } from "../../declaration/tableNumber";
import type { ObservedRoute } from "../observed/state";
import type { NextHopFinder, NextHops } from "./nextHops";
import { PrefixTree } from "./prefixTree";

/** A route made ready to be found by many packets. */
export interface Entry {
  readonly observed: ObservedRoute;
  readonly type: RouteType;
  readonly length: number;
  readonly tos: number;
  readonly metric: number;
  readonly next: NextHops;
}

/** The routes to one destination; those for one source only stand in groups of their own, the longest source first. */
export interface Destination {
  readonly network: Bits;
  readonly length: number;
  readonly plain: Entry[];
  readonly bySource: { readonly source: PrefixBits; readonly entries: Entry[] }[];
}

const zeros: Readonly<Record<Family, Bits>> = { inet: [0], inet6: [0, 0, 0, 0] };

/** The routes of one family, by table. */
export class Tables {
  readonly #tables = new Map<number, PrefixTree<Destination>>();
  /** The routes whose next hops are objects. */
  readonly byObject: Entry[] = [];

  constructor(routes: readonly ObservedRoute[], family: Family, finder: NextHopFinder) {
    for (const observed of routes) if (observed.route.family === family) this.#add(observed, finder);
  }

  #add(observed: ObservedRoute, finder: NextHopFinder): void {
    const { route } = observed;
    const { family } = route;
    const prefix = route.destination === "default" ? { bits: zeros[family], length: 0 } : prefixBitsOf(route.destination);
    const number = tableNumber(route.table);
    const tree = this.#tables.get(number) ?? new PrefixTree<Destination>();
    this.#tables.set(number, tree);
    const destination = tree.at(prefix, () => ({ network: prefix.bits, length: prefix.length, plain: [], bySource: [] }));
    const entry = {
      observed,
      type: route.type ?? "unicast",
      length: prefix.length,
      tos: Number(route.tos ?? 0),
      metric: route.metric ?? (isOfMetricZero(observed) ? 0 : defaultMetric[route.family]),
      next: finder.of(observed),
    };
    insert(entriesFor(destination, route.from), entry);
    if (entry.next.byObject) this.byObject.push(entry);
  }

  get numbers(): Iterable<number> {
    return this.#tables.keys();
  }

  has(table: number): boolean {
    return this.#tables.has(table);
  }

  /** Whether a table treats some addresses in another way than others. */
  parts(table: number): boolean {
    return this.#tables.get(table)?.parts === true;
  }

  /** The destinations of a table that hold an address, the longest first. */
  holding(table: number, address: Bits): Destination[] {
    return this.#tables.get(table)?.holding(address) ?? [];
  }
}

const kernelProto = 2;
/** The kernel's routes to IPv6's own addresses have metric 0, which nobody can ask for. */
const isOfMetricZero = ({ route, protocol }: ObservedRoute): boolean =>
  protocol === kernelProto && (route.type === "local" || route.type === "anycast");

function entriesFor(destination: Destination, from: string | undefined): Entry[] {
  if (from === undefined) return destination.plain;
  const source = prefixBitsOf(from);
  const known = destination.bySource.find((group) => group.source.length === source.length && holdsBits(source, group.source.bits));
  if (known !== undefined) return known.entries;
  const entries: Entry[] = [];
  destination.bySource.push({ source, entries });
  destination.bySource.sort((a, b) => b.source.length - a.source.length);
  return entries;
}

/** Order of preference at one destination: type of service before none, then metric; equal ones as `ip` shows them. */
function insert(entries: Entry[], entry: Entry): void {
  const later = entries.findIndex((other) => other.tos < entry.tos || (other.tos === entry.tos && other.metric > entry.metric));
  entries.splice(later === -1 ? entries.length : later, 0, entry);
}
