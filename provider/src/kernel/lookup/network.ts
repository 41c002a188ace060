import type { Family } from "../../declaration/family";
import { nexthopKey, routeKey, ruleKey } from "../../declaration/key";
import { become } from "../observed/lists";
import type { ObservedNexthop, ObservedRoute, ObservedRule, State } from "../observed/state";
import type { Becomes } from "../plan/change";

/** A network device, as far as routing looks at it. */
export interface Link {
  readonly name: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly group: number;
  /** Such as `vrf` or `veth`; undefined for hardware. */
  readonly kind: string | undefined;
  /** The device of which it is a part, such as a bridge or a VRF. */
  readonly master: string | undefined;
  /** The table of a VRF. */
  readonly vrfTable?: number | undefined;
  readonly loopback: boolean;
  /** Whether a neighbour on it is found by ARP or ND: not so on a tunnel or a point-to-point link. */
  readonly arp: boolean;
}

/** One address of the host. */
export interface HostAddress {
  readonly family: Family;
  readonly address: string;
  readonly length: number;
  /** Of a point-to-point link: the address of its other end, whose network counts. */
  readonly peer?: string | undefined;
  readonly dev: string;
  /** The number of rtnetlink.h's RT_SCOPE_*. */
  readonly scope: number;
  /** Of IPv4, one that is not the first of its network; of IPv6, a temporary one. */
  readonly secondary: boolean;
  readonly deprecated: boolean;
  /** Not yet known to be nobody else's: it is no source. */
  readonly tentative: boolean;
  /** A lease or an advertisement gave it, and it ends with that. */
  readonly dynamic: boolean;
}

/**
 * All that decides where a packet goes. What is undefined was not read: devices then count as up, a source address is not chosen, and
 * what hangs on it is `unsure`. Rules and routes stand in the order in which `ip` shows them.
 */
export interface Network {
  readonly rules: readonly ObservedRule[];
  readonly routes: readonly ObservedRoute[];
  readonly links: readonly Link[] | undefined;
  readonly addresses: readonly HostAddress[] | undefined;
  readonly nexthops: readonly ObservedNexthop[] | undefined;
  /** By name, such as `net.ipv4.conf.all.rp_filter`. */
  readonly sysctls: Readonly<Record<string, number>> | undefined;
  /** Version of Linux. */
  readonly kernel: string | undefined;
  /** Devices that entries of ours follow, by their keys in the register; nobody's way hangs on it. */
  readonly follows?: ReadonlyMap<string, string> | undefined;
}

/** A network of which only rules and routes are known, and next hop objects where there are any: those of the state that a plan works with. */
export const networkOf = ({ rules, routes, nexthops }: Pick<State, "rules" | "routes" | "nexthops">): Network => ({
  rules,
  routes,
  links: undefined,
  addresses: undefined,
  nexthops: nexthops.length === 0 ? undefined : nexthops,
  sysctls: undefined,
  kernel: undefined,
});

/** The network once some keys have become what a plan says. */
export const proposed = (network: Network, becomes: readonly Becomes[]): Network => ({
  ...network,
  rules: become(
    network.rules,
    ({ rule }) => ruleKey(rule),
    becomes,
    ({ rules }) => rules,
  ),
  routes: become(
    network.routes,
    ({ route }) => routeKey(route),
    becomes,
    ({ routes }) => routes,
  ),
  nexthops:
    network.nexthops &&
    become(
      network.nexthops,
      ({ nexthop }) => nexthopKey(nexthop.nhid),
      becomes,
      ({ nexthops }) => nexthops,
    ),
});
