import { contains, networkOf, parsePrefix, printPrefix } from "../../declaration/address";
import { type Family, families, familyNames } from "../../declaration/family";
import { routeKey, ruleKey } from "../../declaration/key";
import { defaultOwner, tagsOf } from "../../declaration/owner";
import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import type { HostAddress, Network } from "../lookup/network";
import { hopsOf } from "../route/hop";
import { describe as describeRoute } from "../route/route";
import { describe } from "../rule/rule";
import type { Finding, Search } from "./finding";

const global = ({ addresses = [] }: Network, family: Family, dev: string): HostAddress[] =>
  addresses.filter((one) => one.family === family && one.dev === dev && one.scope === 0);

/** How ours are marked, whoever of us follows. */
const marks = ({ follows = new Map() }: Network, ours: readonly number[]): ReadonlySet<number> =>
  new Set([
    ...ours,
    ...[...follows.keys()].flatMap((at) => {
      const { owner } = parseRegisterKey(at);
      const tags = tagsOf(typeof owner === "number" ? owner : defaultOwner);
      return [tags.owner, tags.staging];
    }),
  ]);

/** A route by the gateway of a device that has an address, and for which nobody makes a default route. */
export const pendingGateways: Search = (network, ours) => {
  const { routes, follows = new Map<string, string>() } = network;
  const own = marks(network, ours);
  const isLed = (family: Family, device: string): boolean =>
    routes.some(
      ({ route, protocol }) =>
        route.family === family && route.destination === "default" && !own.has(protocol) && hopsOf(route).some(({ dev }) => dev === device),
    );
  return [...follows].flatMap(([at, device]): Finding | [] => {
    const { key } = parseRegisterKey(at);
    const family = families.find((one) => key.startsWith(`route ${one} `));
    if (family === undefined || isLed(family, device) || routes.some(({ route }) => routeKey(route) === key)) return [];
    const [one] = global(network, family, device);
    if (one === undefined) return [];
    return {
      level: "risk",
      object: key,
      what: `waits for a gateway: ${device} has ${one.address}, and nobody makes a default route by it`,
      next: `let the client of ${device} make one, with a metric behind the primary's (systemd-networkd: UseRoutes=yes, RouteMetric=; NetworkManager: ipv4.never-default no, ipv4.route-metric), or say via: ADDRESS (MultihomedHost: gateway: ADDRESS)`,
    };
  });
};

const isDynamic = ({ dynamic }: HostAddress): boolean => dynamic;
const byClient: readonly number[] = [9, 16];

/** What a program says literally, though a lease or an advertisement gave it: it dies with that. */
export const leasedLiterals: Search = (network, ours) => {
  const { rules, routes, addresses = [], follows } = network;
  // Without the register nobody knows what is literal.
  if (follows === undefined) return [];
  const sources = rules.flatMap(({ rule, protocol }): Finding | [] => {
    const prefix = rule.from === undefined || rule.not === true ? undefined : parsePrefix(rule.from);
    if (prefix === undefined || !ours.includes(protocol) || follows.has(registerKey(ruleKey(rule), protocol))) return [];
    const given = addresses.filter(isDynamic).find(({ address }) => contains(rule.from ?? "", address));
    const isOwn = prefix.length === (rule.family === "inet" ? 32 : 128) || (rule.family === "inet6" && prefix.length === 64);
    if (given === undefined || !isOwn) return [];
    const whose = prefix.length === 64 ? `a prefix that was announced on ${given.dev}` : `an address that ${given.dev} has by a lease`;
    return {
      level: "note",
      object: describe(rule),
      what: `is from ${whose}: another one, and the rule fits no more`,
      next: `unless it is reserved, say from: { addressesOf: "${given.dev}" } (MultihomedHost: address: "auto")`,
    };
  });
  const gateways = routes.flatMap(({ route, protocol }): Finding | [] => {
    const { family, dev, via } = route;
    if (dev === undefined || via === undefined || route.destination !== "default") return [];
    if (!ours.includes(protocol) || follows.has(registerKey(routeKey(route), protocol))) return [];
    const isGiven = routes.some(
      ({ route: other, protocol: by }) =>
        byClient.includes(by) && other.family === family && other.destination === "default" && other.dev === dev && other.via === via,
    );
    if (!isGiven) return [];
    return {
      level: "note",
      object: describeRoute(route),
      what: `is by a gateway that ${dev} has by a lease or an advertisement: another one, and the route leads nowhere`,
      next: `unless it stays, say via: { gatewayOf: "${dev}" } (MultihomedHost: gateway: "auto")`,
    };
  });
  return [...sources, ...gateways];
};

/** Two devices that are followed, in one subnet: of IPv6 the rules of both fit, and of IPv4 either may answer for the other. */
export const sharedSubnets: Search = (network) => {
  const devices = [...new Set(network.follows?.values() ?? [])];
  return families.flatMap((family) => {
    const seen = new Map<string, string>();
    return devices.flatMap((dev): Finding | [] => {
      const prefixes = global(network, family, dev).flatMap((one) =>
        one.length === (family === "inet" ? 32 : 128) ? [] : [printPrefix({ ...one, address: networkOf(one) })],
      );
      const shared = prefixes.find((prefix) => (seen.get(prefix) ?? dev) !== dev);
      for (const prefix of prefixes) seen.set(prefix, seen.get(prefix) ?? dev);
      if (shared === undefined) return [];
      const effect =
        family === "inet6"
          ? "the rules of both fit each address in it, and the first decides"
          : "neighbours may find either address at either device";
      return {
        level: "note",
        object: `${seen.get(shared)} and ${dev}`,
        what: `both are followed, and both have ${familyNames[family]} addresses in ${shared}: ${effect}`,
        next: "give each uplink a subnet of its own, or follow one of them and write the other's address",
      };
    });
  });
};
