import type { Packet } from "../../declaration/flow";
import type { Open } from "./cases";
import type { Found, Search } from "./search";
import type { Hop, Verdict, Visit } from "./verdict";
import type { Walk } from "./walk";

/** A search of which nothing is asked beyond what the packet says. */
export const plainSearch: Search = { oif: undefined, prefer: undefined, anyCarrier: false };

/** What comes in is bound to no device. Most packets are as they should be: a copy of each takes as long as its lookup. */
export const withoutOif = (packet: Packet): Packet => (packet.oif === undefined ? packet : { ...packet, oif: undefined });

/** The device to which the socket is bound, a VRF included. */
export const boundTo = ({ oif, vrf }: Packet): string | undefined =>
  oif ?? (typeof vrf === "object" && vrf.by === "oif" ? vrf.name : undefined);

/** A route was found, and what is left of its next hops. */
export function delivered({ entry }: Found, hops: readonly Hop[], path: readonly Visit[], partly?: string): Verdict {
  const { type, observed } = entry;
  const kind = type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "throw" ? "unicast" : type;
  return { kind, table: observed.route.table, hops, partly, path };
}

/** Said after all rules were looked at; every other `no route` comes before. */
export const nothingLeads = "no rule leads to one";

/** Nothing was found that leads anywhere. */
export function refused(answer: Exclude<Walk, { kind: "found" }>, path: readonly Visit[]): Verdict | Open {
  if (answer.kind === "open") return answer;
  if (answer.kind === "nothing") return { kind: "no route", why: nothingLeads, path };
  return answer.kind === "unsure" ? { kind: "unsure", why: answer.why, path } : { kind: answer.kind, by: answer.by, path };
}
