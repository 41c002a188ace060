import type { Network } from "../lookup/network";
import { describe as describeNexthop } from "../nexthop/steps";
import { parseIpJson } from "../observed/ipJson";
import { type Hop, hopsOf } from "./hop";
import { describe as describeRoute } from "./route";

/** A gateway, and the device by which it is reached where that is said. */
export interface Gateway {
  readonly via: string;
  readonly dev: string | undefined;
  /** Whether packets can leave by it already. */
  readonly used: boolean;
}

/** What a host's neighbour table says of it. `absent`: it holds no entry, so nobody asked lately. `unread`: that is not known. */
export interface SeenGateway extends Gateway {
  readonly state: "known" | "failed" | "absent" | "unread";
}

/** Gateways of routes and next hop objects that come or change, on links where a neighbour is asked for by ARP or ND. */
export function newGateways(before: Network, after: Network): Gateway[] {
  const keyOf = ({ via, dev }: Hop): string => `${via} ${dev}`;
  const there = partsOf(before);
  const old = new Set(there.map(({ described }) => described));
  const used = new Set(there.flatMap(({ hops }) => hops.map(keyOf)));
  const isAsked = (dev: string | undefined): boolean => after.links?.find(({ name }) => name === dev)?.arp !== false;
  const found = partsOf(after).flatMap(({ described, hops }) => (old.has(described) ? [] : hops));
  const gateways = found.flatMap(({ via, dev }) =>
    via === undefined || !isAsked(dev) ? [] : [{ via, dev, used: used.has(keyOf({ via, dev })) }],
  );
  return [...new Map(gateways.map((one) => [keyOf(one), one])).values()];
}

/** Each route and each next hop object, and the hops by which its packets leave. */
function partsOf({ routes, nexthops = [] }: Network): { described: string; hops: readonly Hop[] }[] {
  const objects = new Map(nexthops.map(({ nexthop }) => [nexthop.nhid, nexthop]));
  const hopsOfObject = (nhid: number): Hop[] => {
    const object = objects.get(nhid);
    const members = object?.group?.flatMap((member) => objects.get(member.nhid ?? 0) ?? []) ?? (object === undefined ? [] : [object]);
    return members.map(({ via, dev }) => ({ via, dev }));
  };
  return [
    ...routes.map(({ route }) => ({
      described: describeRoute(route),
      hops: route.nhid === undefined ? hopsOf(route) : hopsOfObject(route.nhid),
    })),
    ...nexthops.map(({ nexthop }) => ({ described: describeNexthop(nexthop), hops: hopsOfObject(nexthop.nhid) })),
  ];
}

const unanswered = /^(FAILED|INCOMPLETE|NONE)$/;

/** By what `ip -j neigh show to GATEWAY` printed; undefined where it was not asked. */
export function seenGateway(gateway: Gateway, printed: string | undefined): SeenGateway {
  if (printed === undefined) return { ...gateway, state: "unread" };
  const states = parseIpJson(printed, "the neighbours").map(({ state }) => (Array.isArray(state) ? state.map(String) : []));
  if (states.length === 0) return { ...gateway, state: "absent" };
  return {
    ...gateway,
    state: states.some((words) => words.length > 0 && !words.some((word) => unanswered.test(word))) ? "known" : "failed",
  };
}
