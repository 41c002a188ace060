import type { Network } from "../lookup/network";

/** Something about a host that is probably not meant. */
export interface Finding {
  /** `risk`: packets may go astray. `note`: worth a look. */
  readonly level: "risk" | "note";
  /** The rule, table, device or address that it is about, in the words of `ip`. */
  readonly object: string;
  readonly what: string;
  readonly next: string;
}

/** One thing to look for. `ours` are the `proto` numbers of what this package made. */
export type Search = (network: Network, ours: readonly number[]) => Finding[];
