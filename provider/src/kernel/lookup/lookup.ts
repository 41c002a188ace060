import { bitsOf } from "../../declaration/bits";
import type { Flow, Packet } from "../../declaration/flow";
import { scopeNumberOf } from "../../declaration/route/nextHop";
import { isBefore } from "../plan/gate";
import { isBroadcastAll, isLinkBound, isMulticast, isNowhere, strangeSource } from "./addresses";
import { casesOf, isOpen, type Open } from "./cases";
import { type Ready, readyFor } from "./compile";
import { keepsSource, leaks, loopbackOf, packetFor } from "./domain";
import type { Network } from "./network";
import { sourceRefusal } from "./reversePath";
import { type Found, search } from "./search";
import { sourceBy, sourceInet, sourceInet6 } from "./source";
import { type Hop, sameWay, type Verdict, type Visit } from "./verdict";
import { type Walk, walk } from "./walk";

/**
 * Where a packet goes in a network, as the kernel decides: through rules and tables to next hops, source address and, for IPv4 packets
 * that came in, reverse path filtering. What cannot be told gives `unsure`, never a guess; what is open does not matter where all ways are
 * the same.
 */
export function lookup(network: Network, flow: Flow): Verdict {
  const ready = readyFor(network, flow.family);
  const packet = packetFor(ready, flow);
  const first = caseOf(ready, packet);
  if (!isOpen(first)) return first;
  const verdicts = lookups(network, packet);
  const [verdict] = verdicts;
  const same = verdict !== undefined && verdicts.every((other) => other.kind !== "unsure" && sameWay(other, verdict));
  return same ? verdict : { kind: "unsure", why: first.why, path: verdict?.path ?? [] };
}

/** A flow's packet, with what the network says of its device. */
export const packetIn = (network: Network, flow: Flow): Packet => packetFor(readyFor(network, flow.family), flow);

/** Every verdict that a packet may meet. */
export function lookups(network: Network, packet: Packet): readonly Verdict[] {
  const told = casesOf(packet, (one) => lookupCase(network, one));
  return isOpen(told) ? [{ kind: "unsure", why: told.why, path: [] }] : told.cases.map(({ answer }) => answer);
}

/** The same for one case of those that may occur; what is open is told as that. */
export const lookupCase = (network: Network, packet: Packet): Verdict | Open => caseOf(readyFor(network, packet.family), packet);

function caseOf(ready: Ready, packet: Packet): Verdict | Open {
  const { family, iif } = packet;
  if (iif === undefined || iif === "lo") return family === "inet" ? sendInet(ready, packet) : sendInet6(ready, packet);
  return family === "inet" ? receiveInet(ready, packet, iif) : receiveInet6(ready, packet, iif);
}

const plain = { oif: undefined, prefer: undefined, anyCarrier: false };

function sendInet(ready: Ready, packet: Packet): Verdict | Open {
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
  const answer = walk(ready, packet, { ...plain, oif }, path);
  if (answer.kind === "found") return delivered(answer.found, hopsInet(ready, packet, answer.found), path);
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

const onLink = 253;
const nowhere = "0.0.0.0";
const nowhereBits = bitsOf(nowhere);

/** What comes in is bound to no device. Most packets are as they should be: a copy of each takes as long as its lookup. */
const withoutOif = (packet: Packet): Packet => (packet.oif === undefined ? packet : { ...packet, oif: undefined });

/** The device to which the socket is bound, a VRF included. */
const boundTo = ({ oif, vrf }: Packet): string | undefined => oif ?? (typeof vrf === "object" && vrf.by === "oif" ? vrf.name : undefined);

const isOwn = ({ network: { addresses } }: Ready, address: string): boolean =>
  addresses?.some((one) => one.address === address || (one.dev === "lo" && address.startsWith("127."))) ?? false;

function delivered({ entry }: Found, hops: readonly Hop[], path: readonly Visit[], partly?: string): Verdict {
  const { type, observed } = entry;
  const kind = type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "throw" ? "unicast" : type;
  return { kind, table: observed.route.table, hops, partly, path };
}

/** Said after all rules were looked at; every other `no route` comes before. */
export const nothingLeads = "no rule leads to one";

function refused(answer: Exclude<Walk, { kind: "found" }>, path: readonly Visit[]): Verdict | Open {
  if (answer.kind === "open") return answer;
  if (answer.kind === "nothing") return { kind: "no route", why: nothingLeads, path };
  return answer.kind === "unsure" ? { kind: "unsure", why: answer.why, path } : { kind: answer.kind, by: answer.by, path };
}

/** Since Linux 6.16 a next hop whose device would choose the packet's own source is preferred: for what the host sends, and not among next hop objects. */
const prefersSource = ({ network: { kernel } }: Ready): boolean => kernel !== undefined && !isBefore(kernel, "6.16");

function hopsInet(ready: Ready, packet: Packet, { entry, hops }: Found): Hop[] {
  const { route } = entry.observed;
  if (entry.type === "local") return [{ dev: loopbackOf(ready, hops[0]?.dev), via: undefined, src: packet.from ?? route.src ?? packet.to }];
  const scope = scopeNumberOf(route);
  const ways = hops.map((hop) => ({ dev: hop.dev, via: hop.via, own: sourceBy(ready, hop, scope) }));
  const near =
    ways.length > 1 && packet.from !== undefined && packet.iif === undefined && !entry.next.byObject && prefersSource(ready)
      ? ways.filter(({ own }) => own === packet.from)
      : [];
  const chosen = (dev: string | undefined, own: string | undefined): string | undefined => {
    const { vrf } = packet;
    const keeps = leaks(ready, vrf, dev) ? keepsSource(ready.network) : false;
    if (keeps === false) return route.src ?? own;
    return keeps === true && typeof vrf === "object" ? sourceInet(ready, vrf.name, undefined, onLink) : undefined;
  };
  return (near.length > 0 ? near : ways).map(({ dev, via, own }) => ({ dev, via, src: packet.from ?? chosen(dev, own) }));
}

function receiveInet(ready: Ready, packet: Packet, iif: string): Verdict | Open {
  const path: Visit[] = [];
  const { from, to } = packet;
  const dropped = (why: string): Verdict => ({ kind: "dropped", why, path });
  if (from === undefined) return { kind: "invalid", why: "a packet that comes in has a source", path };
  if (strangeSource(from)) return dropped(`no packet may come from ${from}`);
  const settings = ready.settings.of(iif);
  if (to.startsWith("127.") && settings.route_localnet !== 1) return dropped(`no packet may come in for ${to}`);
  const answer = walk(ready, withoutOif(packet), plain, path);
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
    if (refusal !== undefined) return "dropped" in refusal ? dropped(refusal.dropped) : { kind: "unsure", why: refusal.unsure, path };
    return delivered(answer.found, [{ dev: loopbackOf(ready, entry.next.hops[0]?.dev), via: undefined, src: from }], path);
  }
  if (!forwards) return { kind: "no route", why: `the host does not forward what comes in by ${iif}`, path };
  if (entry.type !== "unicast") return dropped(`${to} is no host's address (${entry.type})`);
  const hops: Hop[] = [];
  let partly: string | undefined;
  for (const hop of hopsInet(ready, packet, answer.found)) {
    const refusal = sourceRefusal(ready, packet, iif, hop.dev);
    if (refusal !== undefined && "unsure" in refusal) return { kind: "unsure", why: refusal.unsure, path };
    if (refusal === undefined) hops.push(hop);
    else partly = refusal.dropped;
  }
  return partly !== undefined && hops.length === 0 ? dropped(partly) : delivered(answer.found, hops, path, partly);
}

function sendInet6(ready: Ready, packet: Packet): Verdict | Open {
  const path: Visit[] = [];
  const { oif } = packet;
  const bound = boundTo(packet);
  const link = ready.finder.link(bound);
  if (bound !== undefined && ready.network.links !== undefined && link === undefined)
    return { kind: "no route", why: `the device ${bound} does not exist`, path };
  const near = onLinkOfVrf(ready, packet, oif);
  if (near !== undefined) return near;
  const answer = walk(ready, packet, { ...plain, oif, prefer: oif }, path);
  return answer.kind === "found" ? delivered(answer.found, hopsInet6(ready, packet, answer.found), path) : refused(answer, path);
}

/** In a VRF, what is for one link only is looked up in its table, past all rules; undefined for any other packet. */
function onLinkOfVrf(ready: Ready, packet: Packet, dev: string | undefined): Verdict | undefined {
  const { vrf, to } = packet;
  if (typeof vrf !== "object" || !isLinkBound(to) || to === "::1") return undefined;
  if (dev === undefined) return { kind: "no route", why: `${to} is on one link, and ${vrf.name} is a VRF of several`, path: [] };
  if (vrf.table === undefined) return { kind: "unsure", why: `the table of ${vrf.name} is not known`, path: [] };
  const found = search(ready, vrf.table, packet, { ...plain, oif: dev, prefer: dev });
  if (found === undefined) return { kind: "no route", why: `the table of ${vrf.name} has none`, path: [] };
  return found.unsure === undefined
    ? delivered(found, hopsInet6(ready, packet, found), [])
    : { kind: "unsure", why: found.unsure, path: [] };
}

function hopsInet6(ready: Ready, packet: Packet, { entry, hops }: Found): Hop[] {
  const { route } = entry.observed;
  const local = entry.type === "local" || entry.type === "anycast";
  // What leaks has an address of its VRF or of the device that it leaves by, as the release will have it.
  const chosen = (by: string | undefined): string | undefined =>
    !local && leaks(ready, packet.vrf, by) ? undefined : sourceInet6(ready, by, packet.to);
  // The source is chosen for the first next hop of an object, whichever is taken; and which is first, `ip` need not show.
  const ofObject = new Set(entry.next.byObject ? entry.next.hops.map((hop) => chosen(hop.dev)) : []);
  const ownSource = (dev: string | undefined): string | undefined =>
    entry.next.byObject ? (ofObject.size === 1 ? [...ofObject][0] : undefined) : chosen(dev);
  return (local ? hops.slice(0, 1) : hops).map(({ dev, via }) => ({
    dev: local ? loopbackOf(ready, isLinkBound(packet.to) ? undefined : dev) : dev,
    via,
    src: packet.from ?? (leaks(ready, packet.vrf, dev) ? undefined : route.src) ?? ownSource(dev),
  }));
}

function receiveInet6(ready: Ready, packet: Packet, iif: string): Verdict | Open {
  const path: Visit[] = [];
  if (packet.from === undefined) return { kind: "invalid", why: "a packet that comes in has a source", path };
  const oif = isLinkBound(packet.to) ? iif : undefined;
  const near = onLinkOfVrf(ready, packet, iif);
  if (near !== undefined) return near;
  const answer = walk(ready, withoutOif(packet), { ...plain, oif, prefer: iif }, path);
  if (answer.kind !== "found") return refused(answer, path);
  const { entry } = answer.found;
  const stays = entry.type === "local" || entry.type === "anycast" || entry.type === "multicast";
  if (!stays && ready.network.sysctls?.["net.ipv6.conf.all.forwarding"] === 0)
    return { kind: "no route", why: "the host does not forward IPv6", path };
  return delivered(answer.found, hopsInet6(ready, packet, answer.found), path);
}
