import type { Kind } from "../deal";
import type { Site } from "../site";

/** A kind of change of what is declared. */
export interface Subject extends Kind {
  /** Whose change it is, where it is not the first stack's. */
  readonly by?: "second";
  /** The spare host has a part in it. */
  readonly spare?: boolean;
  /** Changes programs, and what somebody else has on the host. */
  change(site: Site): Promise<void> | void;
}
