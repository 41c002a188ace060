import { type Flow, type Packet, packetOf, type Vrf } from "../../declaration/flow";
import { isBefore } from "../plan/gate";
import { isLinkBound } from "./addresses";
import type { Ready } from "./compile";
import type { Network } from "./network";

/** Undefined where it is not known which of two ways a kernel has: between the last that was seen to be old and the first seen to be new. */
function isSince(kernel: string | undefined, unknown: string, first: string): boolean | undefined {
  if (kernel === undefined) return undefined;
  return isBefore(kernel, unknown) ? false : isBefore(kernel, first) ? undefined : true;
}

/** Whether a rule that names a VRF has all its packets: 6.12 was seen not to, 6.16 to. */
const isNamed = ({ network: { kernel } }: Ready): boolean | undefined => isSince(kernel, "6.13", "6.16");

/** Whether what leaks out of a VRF has an address of the VRF: 5.10 was seen not to; later ones had it in some stable releases. */
export const keepsSource = ({ kernel }: Network): boolean | undefined => isSince(kernel, "5.11", "6.11");

/** The VRF that a device is or belongs to; undefined where devices were not read. */
export function vrfOf(ready: Ready, dev: string | undefined, by: Vrf["by"]): Packet["vrf"] {
  if (dev === undefined) return "none";
  if (ready.network.links === undefined) return undefined;
  const one = ready.finder.master(dev);
  return one === undefined ? "none" : { name: one.name, table: one.vrfTable, by, isNamed: isNamed(ready) };
}

/** A flow's packet, with what the network says of its device. */
export function packetFor(ready: Ready, flow: Flow): Packet {
  const { oif, iif } = flow;
  if (oif !== undefined || iif === undefined || iif === "lo") return packetOf(flow, vrfOf(ready, oif, "oif"));
  const vrf = vrfOf(ready, iif, "iif");
  // A VRF hands an IPv6 packet on as one that came in by itself; an IPv4 one is routed by the device.
  const seen = typeof vrf === "object" && flow.family === "inet6" && !isLinkBound(flow.to) ? vrf.name : iif;
  return packetOf({ ...flow, iif: seen }, vrf);
}

/** Whether a packet of a VRF that leaves by a device leaves the VRF. */
export const leaks = ({ finder }: Ready, vrf: Packet["vrf"], dev: string | undefined): vrf is Vrf =>
  typeof vrf === "object" && finder.master(dev)?.name !== vrf.name;

/** The device by which the host hands packets to itself: that of the VRF, where an address belongs to one. */
export const loopbackOf = ({ finder }: Ready, dev: string | undefined): string => finder.master(dev)?.name ?? "lo";
