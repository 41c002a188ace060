import type { Flow, Packet } from "../../declaration/flow";
import { casesOf, isOpen, type Open } from "./cases";
import { type Ready, readyFor } from "./compile";
import { packetFor } from "./domain";
import { receiveInet, sendInet } from "./inet";
import { receiveInet6, sendInet6 } from "./inet6";
import type { Network } from "./network";
import { sameWay, type Verdict } from "./verdict";

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
