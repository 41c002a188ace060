import { type Bits, commonBits, holdsBits } from "../../declaration/bits";
import { forAll, type Packet } from "../../declaration/flow";
import type { Question } from "./cases";
import type { Ready } from "./compile";
import type { NextHop } from "./nextHops";
import type { Destination, Entry } from "./tables";

/** How a table is searched, beyond what the packet says. */
export interface Search {
  /** Only next hops on this device count. */
  readonly oif: string | undefined;
  /** IPv6 prefers, among routes of one metric, those on this device. */
  readonly prefer: string | undefined;
  /** Next hops without carrier count, whatever the sysctl says. */
  readonly anyCarrier: boolean;
}

/** What a table has for a packet: a route, and those of its next hops that it may take (none for routes that refuse). */
export interface Found {
  readonly entry: Entry;
  readonly hops: readonly NextHop[];
  /** Why it cannot be told. */
  readonly unsure: string | undefined;
  /** What the route asks of the packet, where that is open. */
  readonly open?: Question;
}

/** IPv4 routes compare only these bits of the type of service, and all others of theirs must be zero. */
const tosBits = 0x1c;

/** The first route that a table gives, as the kernel does; undefined: none, the search goes on with the next rule. */
export function search(ready: Ready, table: number, packet: Packet, how: Search): Found | undefined {
  const destinations = ready.tables.holding(table, packet.toBits);
  return packet.family === "inet" ? searchInet(destinations, packet, how) : searchInet6(destinations, packet, how);
}

function usable({ next: { hops } }: Entry, { oif, anyCarrier }: Search): NextHop[] {
  return hops.filter(({ dev, alive, up }) => (anyCarrier ? up : alive) && (oif === undefined || dev === oif));
}

const refuses = ({ type, next }: Entry): boolean =>
  type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "throw" || next.blackhole;

const hasTos =
  (entry: Entry) =>
  ({ tos }: Packet) =>
    forAll(tos, (one) => (one & tosBits) === entry.tos);

/** fib_table_lookup(): longest prefix; there by type of service, then metric; a route none of whose next hops can be taken is passed over. */
function searchInet(destinations: readonly Destination[], packet: Packet, how: Search): Found | undefined {
  let missed: Bits | undefined;
  for (const { network, plain } of destinations) {
    if (missed !== undefined && commonBits(missed, network) === 32) continue;
    for (let index = 0; index < plain.length; index++) {
      const entry = plain[index];
      if (entry === undefined) break;
      const fits = entry.tos === 0 || hasTos(entry)(packet);
      if (fits === "unknown")
        return { entry, hops: [], unsure: undefined, open: { asks: `tos ${entry.observed.route.tos}`, matches: hasTos(entry) } };
      if (!fits) continue;
      if (entry.next.unsure !== undefined) return { entry, hops: [], unsure: entry.next.unsure };
      if (refuses(entry)) return { entry, hops: [], unsure: undefined };
      const hops = usable(entry, how);
      // A route by an object that cannot be taken ends the search at this address, for shorter prefixes too.
      if (hops.length === 0 && entry.next.byObject) {
        missed = network;
        break;
      }
      if (hops.length === 0) continue;
      return {
        entry,
        hops: how.oif === undefined ? [...hops, ...alternatives(plain, index, packet, how)] : hops,
        unsure: undefined,
      };
    }
  }
  return undefined;
}

/**
 * fib_select_default(): of several default routes that serve a packet equally the kernel takes one whose gateway answers, so any may be
 * taken: which, hangs on its neighbours.
 */
function alternatives(plain: readonly Entry[], index: number, packet: Packet, how: Search): NextHop[] {
  const first = plain[index];
  if (first === undefined || first.length > 0 || !isGatewayRoute(first)) return [];
  const others: NextHop[] = [];
  let last = first;
  for (const other of plain.slice(index + 1)) {
    if (other.tos !== 0 && !packet.tos.some((tos) => (tos & tosBits) === other.tos)) continue;
    if (other.metric > last.metric && other.tos === last.tos) {
      if (last.tos !== 0) continue;
      break;
    }
    last = other;
    if (isGatewayRoute(other)) others.push(...usable(other, how).slice(0, 1));
  }
  return others;
}

const isGatewayRoute = ({ type, next: { hops } }: Entry): boolean => type === "unicast" && hops.length === 1 && hops[0]?.via !== undefined;

const unspecified = [0, 0, 0, 0];

/** fib6_table_lookup(): the node of the packet, then back towards the root, until one has a route whose next hop can be taken. */
function searchInet6(destinations: readonly Destination[], packet: Packet, how: Search): Found | undefined {
  for (const entries of nodes(destinations, packet)) {
    const found = bestOf(entries, how);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The groups of routes to try, in their order. A destination with source-specific routes of which none fits the packet is passed over at
 * first, its other routes included; on the way back they count.
 */
function nodes(destinations: readonly Destination[], { fromBits = unspecified }: Packet): (readonly Entry[])[] {
  const fitting = destinations.map(({ length, plain, bySource }) => ({
    plain,
    specific: bySource.filter(({ source }) => holdsBits(source, fromBits)).map(({ entries }) => entries),
    passedOver: length > 0 && bySource.length > 0,
  }));
  const start = fitting.findIndex(({ specific, passedOver }) => specific.length > 0 || !passedOver);
  return (start === -1 ? [] : fitting.slice(start)).flatMap(({ specific, plain }) => [...specific, plain]);
}

const byLo: NextHop = { dev: "lo", via: undefined, up: true, alive: true };
const preferences = { high: 2, medium: 1, low: 0 } as const;

/** rt6_select(): among the routes of the lowest metric that has a usable one, the best by device and router preference; then all others. */
function bestOf(entries: readonly Entry[], how: Search): Found | undefined {
  const lowest = entries[0]?.metric;
  const same = entries.filter(({ metric }) => metric === lowest);
  return bestAmong(same, how) ?? bestAmong(entries.slice(same.length), how);
}

function bestAmong(entries: readonly Entry[], how: Search): Found | undefined {
  let best: Found | undefined;
  let bestScore = -1;
  for (const entry of entries) {
    if (entry.next.unsure !== undefined) return { entry, hops: [], unsure: entry.next.unsure };
    if (entry.next.blackhole) return { entry, hops: [], unsure: undefined };
    // A route that refuses is one by lo: a socket that is bound to another device passes it over.
    const hops = refuses(entry) ? [byLo].filter(({ dev }) => how.oif === undefined || how.oif === dev) : usable(entry, how);
    if (hops.length === 0) continue;
    // The object chooses by hash alone: a socket that is bound to one device may leave by another.
    const ways = entry.next.byObject ? usable(entry, { ...how, oif: undefined }) : hops;
    const preferred = how.prefer === undefined || hops.some(({ dev }) => dev === how.prefer) ? 2 : 0;
    const score = preferred + 4 * preferences[entry.observed.route.pref ?? "medium"];
    if (score > bestScore) {
      best = { entry, hops: refuses(entry) ? [] : ways, unsure: undefined };
      bestScore = score;
    }
  }
  return best;
}
