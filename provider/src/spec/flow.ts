import type { Family } from "./family";

/** A packet, as far as routing looks at it. What is undefined cannot be told, except where it says otherwise. */
export interface Flow {
  readonly family: Family;
  /** Undefined: not chosen yet. IPv4 then compares 0.0.0.0, IPv6 matches no `from`. */
  readonly from?: string | undefined;
  readonly to: string;
  /** The device on which it came in; undefined for packets that the host itself sends (`iif lo`). */
  readonly iif?: string | undefined;
  /** The device to which the sending socket is bound; undefined for none. */
  readonly oif?: string | undefined;
  readonly mark: number | undefined;
  readonly uid: number | undefined;
  readonly ipproto: number | undefined;
  /** Ports that it may have: one, or a range of which any may occur. */
  readonly sport: PortRange | undefined;
  readonly dport: PortRange | undefined;
  /** Values of the whole type-of-service byte that occur in it. */
  readonly tos: readonly number[];
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `unknown`: it depends on something that the flow does not say, or on a selector that this version does not know. */
export type Match = boolean | "unknown";

/** All must hold; one that cannot be told leaves the whole open, unless another one fails. */
export function every(matches: readonly Match[]): Match {
  if (matches.includes(false)) return false;
  return matches.includes("unknown") ? "unknown" : true;
}

/** One answer for a set of values of which any may occur: open when they differ. */
export function forAll<Value>(values: readonly Value[], matches: (value: Value) => boolean): Match {
  const answers = new Set(values.map(matches));
  const [only = "unknown"] = answers;
  return answers.size === 1 ? only : "unknown";
}

/** Whether the ports of a flow lie in a range: open when only some do. */
export function portsIn(ports: PortRange | undefined, range: PortRange): Match {
  if (ports === undefined) return "unknown";
  if (ports.to < range.from || ports.from > range.to) return false;
  return ports.from >= range.from && ports.to <= range.to ? true : "unknown";
}
