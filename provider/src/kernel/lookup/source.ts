import { bitsOf, commonBits, holdsBits, prefixBitsOf } from "../../declaration/bits";
import { scopeNumbers } from "../../declaration/route/nextHop";
import type { Ready } from "./compile";
import type { HostAddress } from "./network";
import type { NextHop } from "./nextHops";

const scopes = scopeNumbers;

/** Whether two devices are of one VRF, or both of none. */
const isBeside = ({ finder }: Ready, dev: string | undefined, other: string): boolean =>
  finder.master(dev)?.name === finder.master(other)?.name;

const chosen = new WeakMap<NextHop, { readonly address: string | undefined }>();

/** The source that a next hop of a route gives to what the host sends by it: chosen once, since a next hop is made for one route of one network. */
export function sourceBy(ready: Ready, hop: NextHop, scope: number): string | undefined {
  const known = chosen.get(hop);
  if (known !== undefined) return known.address;
  const address = sourceInet(ready, hop.dev, hop.via, scope);
  chosen.set(hop, { address });
  return address;
}

/**
 * inet_select_addr(): the first address of the device that reaches as far as the route, in the gateway's network where there is one; else
 * one of its VRF, of which the VRF itself has the first say.
 */
export function sourceInet(ready: Ready, dev: string | undefined, via: string | undefined, scope: number): string | undefined {
  const { addresses } = ready.network;
  const usable = addresses?.filter((one) => one.family === "inet" && !one.secondary && Math.min(one.scope, scopes.host) <= scope) ?? [];
  const own = usable.filter((one) => one.dev === dev);
  const near =
    via === undefined || via.includes(":")
      ? undefined
      : own.find((one) => holdsBits({ bits: bitsOf(one.peer ?? one.address), length: one.length }, bitsOf(via)));
  const first = near ?? own[0];
  if (first !== undefined) return first.address;
  const others = usable.filter((one) => one.scope !== scopes.link && isBeside(ready, dev, one.dev));
  const vrf = ready.finder.master(dev)?.name;
  return (others.find((one) => one.dev === vrf) ?? others[0])?.address;
}

/** RFC 6724's table of labels, as the kernel has it; anything else has label 1. */
const labels = (
  [
    ["::1", 0],
    ["2002::/16", 2],
    ["fc00::/7", 5],
    ["2001::/32", 6],
    ["2001:10::/28", 7],
    ["fec0::/10", 11],
    ["3ffe::/16", 12],
  ] as const
).map(([prefix, label]) => ({ prefix: prefixBitsOf(prefix), label }));
const labelOf = (address: string): number => labels.find(({ prefix }) => holdsBits(prefix, bitsOf(address)))?.label ?? 1;

const linkLocal = prefixBitsOf("fe80::/10");
const multicast = prefixBitsOf("ff00::/8");

/** How far an address reaches, the way ipv6_addr_scope() counts: more is farther. */
function reach(address: string): number {
  const bits = bitsOf(address);
  if (holdsBits(multicast, bits)) return ((bits[0] ?? 0) >>> 16) & 0xf;
  return address === "::1" ? 1 : holdsBits(linkLocal, bits) ? 2 : 14;
}

/** ipv6_dev_get_saddr(): RFC 6724 without what only sockets can ask for, among the addresses of one VRF. */
export function sourceInet6(ready: Ready, dev: string | undefined, to: string): string | undefined {
  const { addresses } = ready.network;
  const far = reach(to);
  const ofLink = far <= 2 || holdsBits(multicast, bitsOf(to));
  const vrf = ready.finder.master(dev)?.name;
  const usable = addresses?.filter((one) => one.family === "inet6" && !one.tentative) ?? [];
  // In a VRF a single address of the device and the VRF is taken unseen; of several the kernel had to look how far they reach, and goes on.
  const near = usable.filter((one) => one.dev === dev || (!ofLink && vrf !== undefined && one.dev === vrf));
  const candidates = ofLink || (vrf !== undefined && near.length === 1) ? near : usable.filter((one) => isBeside(ready, dev, one.dev));
  const ranks = (one: HostAddress): number[] => {
    const own = reach(one.address);
    return [
      Number(one.address === to),
      own >= far ? -own : own - 128,
      Number(!one.deprecated),
      Number(one.dev === dev),
      Number(labelOf(one.address) === labelOf(to)),
      Number(!one.secondary),
      Math.min(one.length, commonBits(bitsOf(one.address), bitsOf(to))),
    ];
  };
  let best: { address: string; ranks: number[] } | undefined;
  const turn = (one: HostAddress): number => (one.dev === dev ? 0 : one.dev === vrf ? 1 : 2);
  // Of equal ones the first stays; the device's own are looked at first, then the VRF's.
  for (const one of [...candidates].sort((a, b) => turn(a) - turn(b))) {
    const its = ranks(one);
    const decisive = its.findIndex((rank, index) => rank !== best?.ranks[index]);
    if (best === undefined || (decisive !== -1 && (its[decisive] ?? 0) > (best.ranks[decisive] ?? 0)))
      best = { address: one.address, ranks: its };
  }
  return best?.address;
}
