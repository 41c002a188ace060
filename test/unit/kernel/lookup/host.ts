import type { Flow } from "../../../../provider/src/declaration/flow";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { lookup } from "../../../../provider/src/kernel/lookup/lookup";
import type { HostAddress, Link, Network } from "../../../../provider/src/kernel/lookup/network";
import { printVerdict, type Verdict } from "../../../../provider/src/kernel/lookup/verdict";

export const address = (dev: string, text: string, length = 24): HostAddress => ({
  family: text.includes(":") ? "inet6" : "inet",
  address: text,
  length,
  dev,
  scope: 0,
  secondary: false,
  deprecated: false,
  tentative: false,
  dynamic: false,
});
export const link = (name: string, rest: Partial<Link> = {}): Link => ({
  name,
  up: true,
  carrier: true,
  group: 0,
  kind: undefined,
  master: undefined,
  loopback: name === "lo",
  arp: name !== "lo",
  ...rest,
});

/** A host with two uplinks, e0 and e1, and the kernel's own rules and routes; what is given comes in addition. */
export function host(given: { rules?: Rule[]; routes?: Route[] } & Partial<Omit<Network, "rules" | "routes">> = {}): Network {
  const { rules = [], routes = [], ...rest } = given;
  const own: Rule[] = [
    { family: "inet", priority: 0, table: "local" },
    { family: "inet", priority: 32766, table: "main" },
    { family: "inet", priority: 32767, table: "default" },
    { family: "inet6", priority: 0, table: "local" },
    { family: "inet6", priority: 32766, table: "main" },
  ];
  const kernels: Route[] = [
    { family: "inet", table: "local", type: "local", destination: "198.18.1.2", dev: "e0", src: "198.18.1.2" },
    { family: "inet", table: "local", type: "local", destination: "198.18.2.2", dev: "e1", src: "198.18.2.2" },
    { family: "inet", table: "local", type: "broadcast", destination: "198.18.1.255", dev: "e0", src: "198.18.1.2" },
    { family: "inet", table: "main", destination: "198.18.1.0/24", dev: "e0", src: "198.18.1.2" },
    { family: "inet", table: "main", destination: "198.18.2.0/24", dev: "e1", src: "198.18.2.2" },
    { family: "inet6", table: "local", type: "local", destination: "2001:db8:1::2", dev: "e0" },
    { family: "inet6", table: "main", destination: "2001:db8:1::/64", dev: "e0", metric: 256 },
    { family: "inet6", table: "main", destination: "2001:db8:2::/64", dev: "e1", metric: 256 },
  ];
  return {
    rules: [...own, ...rules].map((rule) => ({ rule, protocol: 214, unread: [] })),
    routes: [...kernels, ...routes].map((route) => ({ route, protocol: 214, unread: [] })),
    links: [link("lo"), link("e0"), link("e1")],
    addresses: [
      address("e0", "198.18.1.2"),
      address("e1", "198.18.2.2"),
      address("e0", "2001:db8:1::2", 64),
      address("e1", "2001:db8:2::2", 64),
    ],
    nexthops: [],
    sysctls: { "net.ipv4.conf.e0.forwarding": 1, "net.ipv4.conf.e1.forwarding": 1 },
    kernel: "6.18.0",
    ...rest,
  };
}

/** A TCP packet from port 40000 to 443, of user 0, without a mark; what is given comes instead. */
export const flow = (given: Partial<Flow> & Pick<Flow, "to">): Flow => ({
  family: given.to.includes(":") ? "inet6" : "inet",
  mark: 0,
  uid: 0,
  ipproto: 6,
  sport: { from: 40000, to: 40000 },
  dport: { from: 443, to: 443 },
  tos: [0],
  ...given,
});

export const ask = (network: Network, given: Partial<Flow> & Pick<Flow, "to">): Verdict => lookup(network, flow(given));
export const way = (network: Network, given: Partial<Flow> & Pick<Flow, "to">): string => printVerdict(ask(network, given));
