import type { Family } from "../../spec/attribute";

/** A packet, as far as routing looks at it. */
export interface Flow {
  readonly family: Family;
  /** Undefined: not chosen yet. IPv4 then compares 0.0.0.0, IPv6 matches no `from`. */
  readonly from?: string | undefined;
  readonly to: string;
  /** The device on which it came in; undefined for packets that the host itself sends (`iif lo`). */
  readonly iif?: string | undefined;
  /** The device to which the sending socket is bound. */
  readonly oif?: string | undefined;
  /** Undefined: something on the host may set it, so that it cannot be told. */
  readonly mark: number | undefined;
}
