import { bitsOf } from "../../declaration/bits";
import type { Packet } from "../../declaration/flow";
import { scopeNumberOf } from "../../declaration/route/nextHop";
import { isBefore } from "../plan/gate";
import { isBroadcastAll, isLoopback, isMulticast, isNowhere, strangeSource } from "./addresses";
import type { Open } from "./cases";
import type { Ready } from "./compile";
import { keepsSource, leaks, loopbackOf } from "./domain";
import { boundTo, delivered, plainSearch, refused, withoutOif } from "./ending";
import { sourceRefusal } from "./reversePath";
import type { Found } from "./search";
import { sourceBy, sourceInet } from "./source";
import type { Hop, Verdict, Visit } from "./verdict";
import { walk } from "./walk";

const onLink = 253;
const nowhere = "0.0.0.0";
const nowhereBits = bitsOf(nowhere);

/** ip_route_output_key(): what the host sends. */
export function sendInet(ready: Ready, packet: Packet): Verdict | Open {
  const path: Visit[] = [];
  const { from, to, oif, vrf } = packet;
  const { addresses } = ready.network;
  const invalid = (why: string): Verdict => ({ kind: "invalid", why, path });
  if (from !== undefined) {
    if (isMulticast(from) || isBroadcastAll(from) || isNowhere(from)) return invalid(`${from} is no source`);
    if (addresses !== undefined && !isOwn(ready, from))
      return { kind: "no route", why: `the source ${from} is no address of the host`, path };
  }
  const bound = boundTo(packet);
  const link = ready.finder.link(bound);
  if (bound !== undefined && ready.network.links !== undefined && link?.up !== true)
    return { kind: "no route", why: `the device ${bound} ${link === undefined ? "does not exist" : "is down"}`, path };
  const answer = walk(ready, packet, { ...plainSearch, oif }, path);
  if (answer.kind === "found") return byGateways(ready, answer.found, hopsInet(ready, packet, answer.found), path);
  if (answer.kind === "unsure" || answer.kind === "open" || oif === undefined) return refused(answer, path);
  if (typeof vrf === "object" && !isMulticast(to)) return refused(answer, path);
  // "Apparently, routing tables are wrong. Assume, that the destination is on link": even where a rule or route refuses.
  const src = from ?? sourceInet(ready, oif, undefined, onLink);
  return {
    kind: isMulticast(to) ? "multicast" : "unicast",
    table: undefined,
    hops: [{ dev: oif, via: undefined, src }],
    partly: undefined,
    path,
  };
}

const isOwn = ({ network: { addresses } }: Ready, address: string): boolean =>
  addresses?.some((one) => one.address === address || (one.dev === "lo" && isLoopback(address))) ?? false;

/**
 * Since Linux 6.16 a next hop whose device would choose the packet's own source is preferred: for what the host sends by a socket that is
 * bound to no device, and not among next hop objects.
 */
const prefersSource = ({ network: { kernel } }: Ready): boolean => kernel !== undefined && !isBefore(kernel, "6.16");

function hopsInet(ready: Ready, packet: Packet, { entry, hops }: Found): Hop[] {
  const { route } = entry.observed;
  const { from, iif, oif } = packet;
  if (entry.type === "local") return [{ dev: loopbackOf(ready, hops[0]?.dev), via: undefined, src: from ?? route.src ?? packet.to }];
  const scope = scopeNumberOf(route);
  const ways = hops.map((hop) => ({ dev: hop.dev, via: hop.via, own: sourceBy(ready, hop, scope) }));
  const near =
    ways.length > 1 && from !== undefined && iif === undefined && oif === undefined && !entry.next.byObject && prefersSource(ready)
      ? ways.filter(({ own }) => own === from)
      : [];
  const chosen = (dev: string | undefined, own: string | undefined): string | undefined => {
    const { vrf } = packet;
    const keeps = leaks(ready, vrf, dev) ? keepsSource(ready.network) : false;
    if (keeps === false) return route.src ?? own;
    return keeps === true && typeof vrf === "object" ? sourceInet(ready, vrf.name, undefined, onLink) : undefined;
  };
  return (near.length > 0 ? near : ways).map(({ dev, via, own }) => ({ dev, via, src: from ?? chosen(dev, own) }));
}

function byGateways(ready: Ready, found: Found, hops: readonly Hop[], path: readonly Visit[], partly?: string): Verdict {
  const why = found.entry.type === "unicast" ? ready.ownGateways.among(found.entry, hops) : undefined;
  return why === undefined ? delivered(found, hops, path, partly) : { kind: "unsure", why, path };
}

/** ip_route_input(): what comes in by a device. */
export function receiveInet(ready: Ready, packet: Packet, iif: string): Verdict | Open {
  const path: Visit[] = [];
  const { from, to } = packet;
  const dropped = (why: string): Verdict => ({ kind: "dropped", why, path });
  if (from === undefined) return { kind: "invalid", why: "a packet that comes in has a source", path };
  if (strangeSource(from)) return dropped(`no packet may come from ${from}`);
  const settings = ready.settings.of(iif);
  const localnet = settings.route_localnet === 1 || ready.settings.of("all").route_localnet === 1;
  if (isLoopback(to) && !localnet) return dropped(`no packet may come in for ${to}`);
  if (isLoopback(from) && !isLoopback(to) && !localnet) return dropped(`no packet may come from ${from}`);
  const answer = walk(ready, withoutOif(packet), plainSearch, path);
  const forwards = settings.forwarding !== 0;
  if (answer.kind !== "found")
    return answer.kind === "unsure" || answer.kind === "open" || forwards
      ? refused(answer, path)
      : { kind: "no route", why: `the host does not forward what comes in by ${iif}`, path };
  const { entry } = answer.found;
  if (entry.type === "local" || entry.type === "broadcast") {
    // The source of a broadcast is looked up without a destination.
    const refusal = sourceRefusal(
      ready,
      entry.type === "broadcast" ? { ...packet, to: nowhere, toBits: nowhereBits } : packet,
      iif,
      undefined,
    );
    if (refusal !== undefined && "kind" in refusal) return refusal;
    if (refusal !== undefined) return "dropped" in refusal ? dropped(refusal.dropped) : { kind: "unsure", why: refusal.unsure, path };
    return delivered(answer.found, [{ dev: loopbackOf(ready, entry.next.hops[0]?.dev), via: undefined, src: from }], path);
  }
  if (!forwards) return { kind: "no route", why: `the host does not forward what comes in by ${iif}`, path };
  if (entry.type !== "unicast") return dropped(`${to} is no host's address (${entry.type})`);
  const hops: Hop[] = [];
  let partly: string | undefined;
  for (const hop of hopsInet(ready, packet, answer.found)) {
    const refusal = sourceRefusal(ready, packet, iif, hop.dev);
    if (refusal !== undefined && "kind" in refusal) return refusal;
    if (refusal !== undefined && "unsure" in refusal) return { kind: "unsure", why: refusal.unsure, path };
    if (refusal === undefined) hops.push(hop);
    else partly = refusal.dropped;
  }
  return partly !== undefined && hops.length === 0 ? dropped(partly) : byGateways(ready, answer.found, hops, path, partly);
}
