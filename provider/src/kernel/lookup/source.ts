import { bitsOf, commonBits, holdsBits, prefixBitsOf } from "../../declaration/bits";
import { scopeNumbers } from "../../declaration/route/nextHop";
import type { HostAddress, Network } from "./network";

const scopes = scopeNumbers;

/** inet_select_addr(): the first address of the device that reaches as far as the route, in the gateway's network where there is one. */
export function sourceInet({ addresses }: Network, dev: string | undefined, via: string | undefined, scope: number): string | undefined {
  const usable = addresses?.filter((one) => one.family === "inet" && !one.secondary && Math.min(one.scope, scopes.host) <= scope) ?? [];
  const own = usable.filter((one) => one.dev === dev);
  const near =
    via === undefined || via.includes(":")
      ? undefined
      : own.find((one) => holdsBits({ bits: bitsOf(one.address), length: one.length }, bitsOf(via)));
  return (near ?? own[0] ?? usable.find((one) => one.scope !== scopes.link))?.address;
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

/** ipv6_dev_get_saddr(): RFC 6724 without what only sockets can ask for. */
export function sourceInet6({ addresses }: Network, dev: string | undefined, to: string): string | undefined {
  const far = reach(to);
  const ofLink = far <= 2 || holdsBits(multicast, bitsOf(to));
  const candidates = addresses?.filter((one) => one.family === "inet6" && !one.tentative && (!ofLink || one.dev === dev)) ?? [];
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
  // Of equal ones the first stays; the device's own are looked at first.
  for (const one of [...candidates.filter((each) => each.dev === dev), ...candidates.filter((each) => each.dev !== dev)]) {
    const its = ranks(one);
    const decisive = its.findIndex((rank, index) => rank !== best?.ranks[index]);
    if (best === undefined || (decisive !== -1 && (its[decisive] ?? 0) > (best.ranks[decisive] ?? 0)))
      best = { address: one.address, ranks: its };
  }
  return best?.address;
}
