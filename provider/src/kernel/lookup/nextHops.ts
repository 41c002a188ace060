import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { scopeNumberOf, scopeNumbers } from "../../declaration/route/nextHop";
import type { ObservedRoute } from "../observed/state";
import type { Link, Network } from "./network";

/** One next hop of a route, and whether packets can take it. */
export interface NextHop {
  readonly dev: string | undefined;
  readonly via: string | undefined;
  /** Its device is up, and has carrier or is used without. */
  readonly alive: boolean;
  /** The same without a look at the carrier: loose reverse path filtering looks so. */
  readonly up: boolean;
}

/** Where a route's packets can go. */
export interface NextHops {
  readonly hops: readonly NextHop[];
  /** The object's `blackhole`. */
  readonly blackhole: boolean;
  /** Flows are shared by an object, which knows no source addresses. */
  readonly byObject: boolean;
  /** Why it cannot be told. */
  readonly unsure: string | undefined;
}

const none: NextHops = { hops: [], blackhole: false, byObject: false, unsure: undefined };

/** What stays when its device has no carrier, for IPv4 even when it is down: the ways to the host's own addresses. */
const isKept = (route: ObservedRoute["route"]): boolean =>
  route.family === "inet" ? scopeNumberOf(route) === scopeNumbers.host : route.type === "local" || route.type === "anycast";

/** Finds the next hops of routes by the devices and objects of a network. */
export class NextHopFinder {
  readonly #links: ReadonlyMap<string, Link> | undefined;
  readonly #objects: ReadonlyMap<number, Nexthop>;
  readonly #sysctls: Network["sysctls"];

  constructor({ links, nexthops, sysctls }: Network) {
    this.#links = links === undefined ? undefined : new Map(links.map((link) => [link.name, link]));
    this.#objects = new Map(nexthops?.map(({ nexthop }) => [nexthop.nhid, nexthop]));
    this.#sysctls = sysctls;
  }

  link(name: string | undefined): Link | undefined {
    return name === undefined ? undefined : this.#links?.get(name);
  }

  /** The VRF that a device is or belongs to. */
  master(dev: string | undefined): Link | undefined {
    const link = this.link(dev);
    return [link, this.link(link?.master)].find((one) => one?.kind === "vrf");
  }

  of({ route, unread }: ObservedRoute): NextHops {
    if (route.nhid !== undefined) return this.#ofObject(route.nhid, route.family);
    if (unread.includes("nexthops")) return { ...none, unsure: "its next hops are written in a way that is not understood" };
    if (isKept(route)) return { ...none, hops: [{ dev: route.dev, via: route.via, up: true, alive: true }] };
    const hops = route.nexthops ?? [route];
    return { ...none, hops: hops.map(({ dev, via }) => this.#hop(dev, via, route.family)) };
  }

  #ofObject(id: number, family: string): NextHops {
    const object = this.#objects.get(id);
    if (object === undefined) return { ...none, unsure: `the next hop object ${id} was not read` };
    const members = object.group?.map((member) => this.#objects.get(member.nhid ?? 0)) ?? [object];
    const known = members.filter((member) => member !== undefined);
    if (known.length < members.length) return { ...none, unsure: `a next hop object of group ${id} was not read` };
    return {
      ...none,
      hops: known.filter(({ blackhole }) => blackhole !== true).map(({ dev, via }) => this.#hop(dev, via, family)),
      blackhole: known.some(({ blackhole }) => blackhole === true),
      byObject: true,
    };
  }

  #hop(dev: string | undefined, via: string | undefined, family: string): NextHop {
    const link = this.link(dev);
    const up = this.#links === undefined || dev === undefined || link?.up === true;
    return { dev, via, up, alive: up && !(link?.carrier === false && this.#ignoresDown(dev, family)) };
  }

  /** IPv4 looks at the setting of all devices too; IPv6's is written to each. */
  #ignoresDown(dev: string | undefined, family: string): boolean {
    const setting = (of = ""): boolean =>
      this.#sysctls?.[`net.${family === "inet" ? "ipv4" : "ipv6"}.conf.${of}.ignore_routes_with_linkdown`] === 1;
    return setting(dev) || (family === "inet" && setting("all"));
  }
}
