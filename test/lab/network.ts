import { join } from "node:path";
import { INTERNET, mac, management, transit, uplink } from "./addresses";
import { Namespace, namespaceOf } from "./namespace";
import { builderOf, must } from "./run";

/** The shape of a lab: with its name and slot, everything else follows. */
export interface Plan {
  name: string;
  slot: number;
  hosts: number;
  uplinks: number;
}

/** The namespaces around the hosts. A bridge in `mgmt` joins the hosts and the controller. */
export const MANAGEMENT = "mgmt";
export const INTERNET_NODE = "internet";
export const provider = (index: number): string => `isp${index}`;
export const host = (n: number): string => `h${n}`;

/** The controller's one link into a lab, in its own namespace. */
export const controllerLink = (slot: number): string => `lab${slot}`;

const count = (n: number): number[] => Array.from({ length: n }, (_, index) => index);
const BRIDGE = "type bridge mcast_snooping 0";

/** All namespaces share the 1,024 neighbours that a kernel keeps, and each host has one too: beyond this many hosts they are written down, which counts as none. */
const MOST_FOUND = 250;
const neighboursAreWritten = (plan: Plan): boolean => plan.hosts > MOST_FOUND;

/** Makes all namespaces of a lab and everything but the hosts' own ends. */
export async function layNetwork(plan: Plan): Promise<void> {
  const providers = count(plan.uplinks).map(provider);
  const hosts = count(plan.hosts).map((index) => host(index + 1));
  const link = controllerLink(plan.slot);
  const { address, address6 } = management(plan.slot, 0);
  const neighbours = neighboursAreWritten(plan) ? count(plan.hosts).map((index) => index + 1) : [];
  const lines = [
    ...[MANAGEMENT, INTERNET_NODE, ...providers, ...hosts].map((node) => `netns add ${namespaceOf(plan.name, node)}`),
    `link add ${link} type veth peer name controller netns ${namespaceOf(plan.name, MANAGEMENT)}`,
    `addr add ${address}/22 dev ${link}`,
    `addr add ${address6}/64 dev ${link} nodad`,
    `link set ${link} address ${mac(plan.slot, 0, 0)} up`,
    ...neighbours.map((n) => `neigh add ${management(plan.slot, n).address} lladdr ${mac(plan.slot, n, 0)} dev ${link} nud permanent`),
  ];
  await must(["ip", "-batch", "-"], { input: `${lines.join("\n")}\n`, env: builderOf(plan.name) });
  await Promise.all([
    router(plan, MANAGEMENT, [
      `link add br0 ${BRIDGE}`,
      "link set br0 up",
      "link set controller master br0 up",
      ...hosts.flatMap((name) => port(plan, name, "mgmt")),
    ]),
    router(plan, INTERNET_NODE, ["link set lo up", `addr add ${INTERNET.address}/32 dev lo`, `addr add ${INTERNET.address6}/128 dev lo`]),
    ...providers.map((name, index) =>
      router(plan, name, [...providerLinks(plan, index), ...hosts.flatMap((h) => port(plan, h, `eth${index}`))]),
    ),
  ]);
  await new Namespace(namespaceOf(plan.name, INTERNET_NODE)).batch(count(plan.uplinks).flatMap(internetRoutes));
}

/** One end in a router's bridge, the other in a host. */
export function port(plan: Plan, hostName: string, device: string): string[] {
  return [
    `link add ${hostName} type veth peer name ${device} netns ${namespaceOf(plan.name, hostName)}`,
    `link set ${hostName} master br0 up`,
  ];
}

/**
 * A host's own ends: link-local addresses are given rather than found, so none is tentative for a second. Bare uplinks are left to
 * whoever manages links on the host: down, without an address.
 */
export function hostLinks(plan: Plan, n: number, uplinks: "ready" | "bare" = "ready"): string[] {
  const mgmt = management(plan.slot, n);
  const devices = [
    { device: "mgmt", addresses: [`${mgmt.address}/22`, `${mgmt.address6}/64`] },
    ...count(plan.uplinks).map((index) => {
      const { device, address, address6 } = uplink(index, n);
      return { device, addresses: [`${address}/18`, `${address6}/64`] };
    }),
  ];
  const controller = management(plan.slot, 0).address;
  const first = uplink(0, n);
  const ready = uplinks === "ready" ? devices : devices.slice(0, 1);
  return [
    "link set lo up",
    ...devices.slice(ready.length).map(({ device }, index) => `link set ${device} address ${mac(plan.slot, n, ready.length + index)}`),
    ...ready.flatMap(({ device, addresses }, index) => [
      `link set ${device} address ${mac(plan.slot, n, index)} addrgenmode none`,
      `link set ${device} up`,
      ...[...addresses, `fe80::${(n + 1).toString(16)}/64`].map(
        (address) => `addr add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`,
      ),
    ]),
    ...(neighboursAreWritten(plan) ? [`neigh add ${controller} lladdr ${mac(plan.slot, 0, 0)} dev mgmt nud permanent`] : []),
    ...(uplinks === "bare" ? [] : [`route add default via ${first.gateway} dev eth0`, `route add default via ${first.gateway6} dev eth0`]),
  ];
}

function providerLinks(plan: Plan, index: number): string[] {
  const { gateway, gateway6 } = uplink(index, 0);
  const { provider: local, internet, provider6, internet6 } = transit(index);
  return [
    `link add br0 address ${mac(plan.slot, 0, index + 1)} ${BRIDGE}`, // a bridge's own choice changes with its ports
    "link set br0 up",
    `addr add ${gateway}/18 dev br0`,
    `addr add ${gateway6}/64 dev br0`,
    `link add internet type veth peer name ${provider(index)} netns ${namespaceOf(plan.name, INTERNET_NODE)}`,
    "link set internet up",
    `addr add ${local}/30 dev internet`,
    `addr add ${provider6}/64 dev internet`,
    // Both ends up before a route can go by way of the other.
    `route add default via ${internet} dev internet`,
    `route add default via ${internet6} dev internet`,
  ];
}

function internetRoutes(index: number): string[] {
  const { prefix, prefix6 } = uplink(index, 0);
  const { provider: gateway, internet, provider6, internet6 } = transit(index);
  const device = provider(index);
  return [
    `link set ${device} up`,
    `addr add ${internet}/30 dev ${device}`,
    `addr add ${internet6}/64 dev ${device}`,
    `route add ${prefix} via ${gateway} dev ${device}`,
    `route add ${prefix6} via ${provider6} dev ${device}`,
  ];
}

async function router(plan: Plan, node: string, lines: readonly string[]): Promise<void> {
  const script = join(__dirname, "router.sh");
  await must(["nsenter", `--net=/run/netns/${namespaceOf(plan.name, node)}`, "--", script], { input: `${lines.join("\n")}\n` });
}
