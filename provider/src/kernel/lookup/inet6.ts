import type { Packet } from "../../declaration/flow";
import { isLinkBound } from "./addresses";
import type { Open } from "./cases";
import type { Ready } from "./compile";
import { leaks, loopbackOf } from "./domain";
import { boundTo, delivered, plainSearch, refused, withoutOif } from "./ending";
import { type Found, search } from "./search";
import { sourceInet6 } from "./source";
import type { Hop, Verdict, Visit } from "./verdict";
import { walk } from "./walk";

/** ip6_route_output(): what the host sends. */
export function sendInet6(ready: Ready, packet: Packet): Verdict | Open {
  const path: Visit[] = [];
  const { oif } = packet;
  const bound = boundTo(packet);
  const link = ready.finder.link(bound);
  if (bound !== undefined && ready.network.links !== undefined && link === undefined)
    return { kind: "no route", why: `the device ${bound} does not exist`, path };
  const near = onLinkOfVrf(ready, packet, oif);
  if (near !== undefined) return near;
  const answer = walk(ready, packet, { ...plainSearch, oif, prefer: oif }, path);
  return answer.kind === "found" ? delivered(answer.found, hopsInet6(ready, packet, answer.found), path) : refused(answer, path);
}

/** In a VRF, what is for one link only is looked up in its table, past all rules; undefined for any other packet. */
function onLinkOfVrf(ready: Ready, packet: Packet, dev: string | undefined): Verdict | undefined {
  const { vrf, to } = packet;
  if (typeof vrf !== "object" || !isLinkBound(to) || to === "::1") return undefined;
  if (dev === undefined) return { kind: "no route", why: `${to} is on one link, and ${vrf.name} is a VRF of several`, path: [] };
  if (vrf.table === undefined) return { kind: "unsure", why: `the table of ${vrf.name} is not known`, path: [] };
  const found = search(ready, vrf.table, packet, { ...plainSearch, oif: dev, prefer: dev });
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

/** ip6_route_input(): what comes in by a device. */
export function receiveInet6(ready: Ready, packet: Packet, iif: string): Verdict | Open {
  const path: Visit[] = [];
  if (packet.from === undefined) return { kind: "invalid", why: "a packet that comes in has a source", path };
  const oif = isLinkBound(packet.to) ? iif : undefined;
  const near = onLinkOfVrf(ready, packet, iif);
  if (near !== undefined) return near;
  const answer = walk(ready, withoutOif(packet), { ...plainSearch, oif, prefer: iif }, path);
  if (answer.kind !== "found") return refused(answer, path);
  const { entry } = answer.found;
  const stays = entry.type === "local" || entry.type === "anycast" || entry.type === "multicast";
  if (!stays && ready.network.sysctls?.["net.ipv6.conf.all.forwarding"] === 0)
    return { kind: "no route", why: "the host does not forward IPv6", path };
  return delivered(answer.found, hopsInet6(ready, packet, answer.found), path);
}
