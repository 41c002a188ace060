import { ownersIn } from "../observed/kinds";
import type { State } from "../observed/state";

/** What one id owns on a host. */
export interface Holding {
  readonly id: string;
  readonly stack: string;
  readonly keys: readonly string[];
}

export const holdingsOf = (state: Pick<State, "register" | "names">): Holding[] =>
  [...Map.groupBy(ownersIn(state), ([, { id }]) => id)].map(([id, owned]) => ({
    id,
    stack: owned[0]?.[1].stack ?? "",
    keys: owned.map(([key]) => key),
  }));
