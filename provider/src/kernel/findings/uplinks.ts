import { contains } from "../../declaration/address";
import type { Family } from "../../declaration/family";
import type { HostAddress, Link, Network } from "../lookup/network";
import { hopsOf } from "../route/hop";

/** Addresses that only networks of one's own route to: a provider's uplink has one only behind a router that translates. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];
export const isPrivate = (address: string): boolean => privateNetworks.some((network) => contains(network, address));

const halves = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "2000::/3"];
export const isHalf = (destination: string): boolean => halves.includes(destination);

/** Devices by which packets to anybody may leave, whatever table says so. */
export function waysOut({ routes, nexthops }: Network, family: Family): Set<string> {
  const objects = new Map((nexthops ?? []).map(({ nexthop }) => [nexthop.nhid, nexthop]));
  const deviceOf = (nhid: number | undefined): (string | undefined)[] => {
    const { dev, group = [] } = (nhid === undefined ? undefined : objects.get(nhid)) ?? {};
    return [dev, ...group.map((member) => (member.nhid === undefined ? undefined : objects.get(member.nhid)?.dev))];
  };
  return new Set(
    routes.flatMap(({ route }) =>
      route.family === family && (route.destination === "default" || isHalf(route.destination))
        ? [...hopsOf(route).map(({ dev }) => dev), ...deviceOf(route.nhid)].flatMap((dev) => dev ?? [])
        : [],
    ),
  );
}

/** Of the host's own accord, and not of a container's or a virtual machine's network. */
const ofPeople: readonly (string | undefined)[] = [undefined, "vlan", "bond", "team", "veth", "macvlan", "ipvlan"];
/** A network device as people count them: no bridge, no tunnel. Unknown where devices were not read. */
export const isNic = ({ kind, loopback }: Link): boolean => !loopback && ofPeople.includes(kind);

const tunnels: readonly (string | undefined)[] = ["wireguard", "tun", "ipip", "gre", "sit", "vti", "xfrm", "ppp"];
export const isTunnel = (link: Link | undefined): boolean => tunnels.includes(link?.kind);

/** Those that others may send to: global, and no temporary or deprecated ones. */
export const reachable = ({ addresses = [] }: Network): HostAddress[] =>
  addresses.filter(
    ({ family, scope, dev, secondary, deprecated, tentative }) =>
      scope === 0 && dev !== "lo" && !(family === "inet6" && secondary) && !deprecated && !tentative,
  );

/** Whether others' packets pass through the device: its addresses then are those of a network behind the host. */
export const forwards = ({ sysctls }: Network, family: Family, dev: string): boolean =>
  (family === "inet" ? sysctls?.[`net.ipv4.conf.${dev}.forwarding`] : sysctls?.["net.ipv6.conf.all.forwarding"]) !== 0;

/** Anybody's address on the internet, for which the host has no route of its own. */
export function somebody({ routes }: Network, family: Family): string | undefined {
  return anybody[family].find(
    (address) =>
      !routes.some(({ route: { destination } }) => destination !== "default" && !isHalf(destination) && contains(destination, address)),
  );
}
const anybody: Readonly<Record<Family, readonly string[]>> = {
  inet: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "8.8.8.8", "9.9.9.9"],
  inet6: ["2001:db8:ffff::1", "2001:4860:4860::8888", "2620:fe::fe"],
};
