import type { Table } from "../../declaration/tableNumber";
import type { ObservedRoute, ObservedRule } from "../observed/state";

/** What a rule that applies to a packet did with it. */
export type Outcome =
  | "decides"
  /** Its table has no route for the packet, or does not exist. */
  | "no route"
  /** The route says that the search goes on with the next rule. */
  | "throw"
  | "suppressed by prefix length"
  | "suppressed by device group"
  | "jumps"
  /** No rule stands at exactly the priority that it names. */
  | "jumps nowhere"
  | "does nothing";

/** One rule on the way to the verdict, and the route that it came upon. */
export interface Visit {
  readonly rule: ObservedRule;
  readonly outcome: Outcome;
  readonly route: ObservedRoute | undefined;
}

/** One way out: several where flows are shared among next hops. `src` is the packet's source, chosen where the flow leaves it open. */
export interface Hop {
  readonly dev: string | undefined;
  readonly via: string | undefined;
  readonly src: string | undefined;
}

export type Delivery = "unicast" | "local" | "broadcast" | "multicast" | "anycast";
export type Refusal = "blackhole" | "unreachable" | "prohibit";

/** Where a packet goes. */
export type Verdict = { readonly path: readonly Visit[] } & (
  | {
      readonly kind: Delivery;
      /** Undefined when no table has a route and a bound IPv4 socket takes its destination to be on the link. */
      readonly table: Table | undefined;
      /** The set of ways that it may take. */
      readonly hops: readonly Hop[];
      /** Why some of its ways are not in the set: packets that would take them are dropped. */
      readonly partly: string | undefined;
    }
  | { readonly kind: Refusal; readonly by: "rule" | "route" }
  /** `no route`: nothing decides. `invalid`: no such packet is sent. `dropped`: on arrival. `unsure`: it cannot be told. */
  | { readonly kind: "no route" | "invalid" | "dropped" | "unsure"; readonly why: string }
);

/** True when the packets take the same way: device and gateway, or the same refusal. Which table says so does not matter. */
export function sameWay(a: Verdict, b: Verdict): boolean {
  if (a.kind !== b.kind) return false;
  if (!("hops" in a) || !("hops" in b)) return true;
  return a.partly === b.partly && (isOneWay(a.hops, b.hops) || waysOf(a) === waysOf(b));
}

/** Most packets have one way. */
const isOneWay = ([a, ...more]: readonly Hop[], [b, ...others]: readonly Hop[]): boolean =>
  more.length + others.length === 0 && a?.dev === b?.dev && a?.via === b?.via;

const waysOf = ({ hops }: { readonly hops: readonly Hop[] }): string =>
  [...new Set(hops.map(({ dev, via }) => `${dev} ${via}`))].sort().join();

const printHop = ({ dev, via }: Hop): string =>
  [...(dev === undefined ? [] : [`by ${dev}`]), ...(via === undefined ? [] : [`via ${via}`])].join(" ");

/** The way alone, without what differs from address to address: why, and which table says so. */
export function printWay(verdict: Verdict): string {
  if (verdict.kind === "unsure") return `cannot tell (${verdict.why})`;
  if (!("hops" in verdict)) return verdict.kind;
  const { kind, hops, partly } = verdict;
  const way = kind === "local" ? "delivered on the host" : [...new Set(hops.map(printHop))].sort().join(" or ");
  return [...(kind === "unicast" || kind === "local" ? [] : [kind]), way, ...(partly === undefined ? [] : ["partly dropped"])].join(" ");
}

/** One line for a person. */
export function printVerdict(verdict: Verdict): string {
  if ("why" in verdict) return verdict.kind === "unsure" ? `cannot tell (${verdict.why})` : `${verdict.kind} (${verdict.why})`;
  if ("by" in verdict) return `${verdict.kind} (by a ${verdict.by})`;
  const { kind, hops, table, partly } = verdict;
  const way = kind === "local" ? "delivered on the host" : hops.map(printHop).join(" or ");
  const where = table === undefined ? "(no route: taken to be on the link)" : `(table ${table})`;
  return [
    ...(kind === "unicast" || kind === "local" ? [] : [kind]),
    way,
    where,
    ...(partly === undefined ? [] : [`partly dropped: ${partly}`]),
  ].join(" ");
}
