import type { Packet } from "../../declaration/flow";
import { type Cases, casesOf, isOpen, type Open } from "./cases";
import { lookupCase } from "./lookup";
import type { Network } from "./network";
import type { Verdict } from "./verdict";

/** What becomes of a packet before and after a change. */
export interface Pair {
  readonly kind: "pair";
  readonly now: Verdict;
  readonly then: Verdict;
}

/** Case by case, so that what is open is taken the same way on both sides: then a packet may go as before though nobody knows which way. */
export const pairsOf = (before: Network, after: Network, packet: Packet): Cases<Pair> | Open =>
  casesOf(packet, (one): Pair | Open => {
    const now = lookupCase(before, one);
    const then = lookupCase(after, one);
    return isOpen(now) ? now : isOpen(then) ? then : { kind: "pair", now, then };
  });
