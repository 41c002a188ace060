import { type Bits, bitsOf } from "./bits";
import type { Family } from "./family";

/** A packet, as far as routing looks at it. What is undefined cannot be told, except where it says otherwise. */
export interface Flow {
  readonly family: Family;
  /** Undefined: not chosen yet. IPv4 then compares 0.0.0.0, IPv6 matches no `from`. */
  readonly from?: string | undefined;
  readonly to: string;
  /** The device on which it came in; undefined for packets that the host itself sends (`iif lo`). */
  readonly iif?: string | undefined;
  /** The device to which the sending socket is bound, which may be a VRF; undefined for none. */
  readonly oif?: string | undefined;
  readonly mark: number | undefined;
  /** Where it cannot be told: those of which it has one; undefined: any. */
  readonly marks?: readonly number[] | undefined;
  /** The sender's user id; 4294967295 for none. The kernel takes forwarded packets for those of user 0. */
  readonly uid: number | undefined;
  readonly ipproto: number | undefined;
  /** Ports that it may have: one, or a range of which any may occur. */
  readonly sport: PortRange | undefined;
  readonly dport: PortRange | undefined;
  /** Values of the whole type-of-service byte that occur in it. */
  readonly tos: readonly number[];
  /** Key of the tunnel that it came out of; undefined for none. */
  readonly tunId?: number | undefined;
  readonly flowlabel?: number | undefined;
}

/** The VRF that a packet belongs to: that of the device by which it came in, or to which its socket is bound. */
export interface Vrf {
  readonly name: string;
  /** Undefined where it was not read. */
  readonly table: number | undefined;
  readonly by: "iif" | "oif";
  /** Whether a rule that names the VRF has all packets of it, instead of none that have another device. Undefined: it cannot be told. */
  readonly isNamed: boolean | undefined;
}

/** A flow made ready to be compared with many rules. */
export interface Packet extends Flow {
  readonly fromBits: Bits | undefined;
  readonly toBits: Bits;
  /** Undefined: it cannot be told. */
  readonly vrf: Vrf | "none" | undefined;
  /** What is taken to be so, by a selector's words, where the packet does not say it: one of the cases that may occur. */
  readonly assumed: Assumptions;
}

/** That a packet fits one value of a selector, or does not. */
export interface Assumption {
  readonly selector: string;
  readonly value: unknown;
  readonly fits: boolean;
}
/** By the selector's words. */
export type Assumptions = ReadonlyMap<string, Assumption>;

const nowhere: Bits = [0];
const nothing: Assumptions = new Map();

/** Protocols whose packets have ports: DCCP, TCP, UDP, UDP-Lite, SCTP; of ESP and AH the kernel takes the first bytes for such. */
const withPorts: readonly number[] = [6, 17, 33, 50, 51, 132, 136];
const noPort = { from: 0, to: 0 };

/**
 * An IPv4 source that is not chosen yet is compared as 0.0.0.0; an IPv6 one matches no `from`. What came in without ports is compared as
 * with ports 0.
 */
export function packetOf(flow: Flow, vrf: Packet["vrf"]): Packet {
  const fromBits = flow.from !== undefined ? bitsOf(flow.from) : flow.family === "inet" ? nowhere : undefined;
  const portless = flow.iif !== undefined && flow.iif !== "lo" && flow.ipproto !== undefined && !withPorts.includes(flow.ipproto);
  // All fields, always: packets of one shape are compared faster.
  return {
    family: flow.family,
    from: flow.from,
    to: flow.to,
    iif: flow.iif,
    // A socket that is bound to a VRF is bound to no device, as far as rules look.
    oif: typeof vrf === "object" && vrf.name === flow.oif ? undefined : flow.oif,
    mark: flow.mark,
    marks: flow.marks,
    uid: flow.uid,
    ipproto: flow.ipproto,
    sport: portless ? noPort : flow.sport,
    dport: portless ? noPort : flow.dport,
    tos: flow.tos,
    tunId: flow.tunId,
    flowlabel: flow.flowlabel,
    fromBits,
    toBits: bitsOf(flow.to),
    vrf,
    assumed: nothing,
  };
}

/** The IPv4 packet that would come back by `iif`, as far as reverse path filtering looks. */
export function reverseOf(
  packet: Packet,
  iif: string | undefined,
  mark: Packet["mark"],
  vrf: Packet["vrf"],
  assumed: Assumptions = nothing,
): Packet {
  const { from = "0.0.0.0", fromBits = nowhere, ipproto } = packet;
  const portless = iif !== undefined && iif !== "lo" && ipproto !== undefined && !withPorts.includes(ipproto);
  return {
    family: packet.family,
    from: packet.to,
    to: from,
    iif,
    oif: undefined,
    mark,
    marks: mark === undefined ? packet.marks : undefined,
    uid: 0,
    ipproto,
    sport: portless ? noPort : packet.dport,
    dport: portless ? noPort : packet.sport,
    tos: packet.tos,
    tunId: undefined,
    flowlabel: packet.flowlabel,
    fromBits: packet.toBits,
    toBits: fromBits,
    vrf,
    assumed,
  };
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `unknown`: it depends on something that the flow does not say, or on a selector that this version does not know. */
export type Match = boolean | "unknown";
/** Whether a packet has what one value of a selector asks for. */
export type Matcher = (packet: Packet) => Match;

/** One answer for a set of values of which any may occur: open when they differ. */
export function forAll<Value>(values: readonly Value[], matches: (value: Value) => boolean): Match {
  let answer: boolean | undefined;
  for (const value of values) {
    const one = matches(value);
    if (answer !== undefined && answer !== one) return "unknown";
    answer = one;
  }
  return answer ?? "unknown";
}

/** Whether the ports of a flow lie in a range: open when only some do. */
export function portsIn(ports: PortRange | undefined, range: PortRange): Match {
  if (ports === undefined) return "unknown";
  if (ports.to < range.from || ports.from > range.to) return false;
  return ports.from >= range.from && ports.to <= range.to ? true : "unknown";
}

/** Whether a rule's device is that of a packet. One that is the packet's VRF may stand for all of it. */
export function isDevice(named: string, device: string | undefined, by: Vrf["by"], { vrf }: Packet): Match {
  const plain = named === device;
  if (typeof vrf !== "object" || vrf.name !== named || vrf.isNamed === false) return plain;
  const whole = vrf.by === by;
  return vrf.isNamed === true || plain === whole ? whole : "unknown";
}
