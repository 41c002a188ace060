import type { PolicyRoutingError } from "../errors";
import type { Change, Take } from "../kernel/change";
import type { Wish } from "../kernel/persistence";
import type { State } from "../kernel/state";
import type { Expectation } from "../spec/expectation";
import type { Guard } from "../spec/guard";
import type { Facts } from "./facts";
import type { Look } from "./look";

/** What was seen on the host after a change was confirmed. */
export interface Applied {
  readonly state: State;
  /** What puts it back after a reboot: for the output `persisted`. */
  readonly persisted: string;
  readonly facts: Facts;
}

/** One resource's change, waiting in its host's queue. */
export interface Work {
  readonly change: Change;
  readonly look: Look;
  readonly guard: Guard;
  /** Where packets must go before the change is kept. */
  readonly expect: readonly Expectation[];
  readonly wish?: Wish | undefined;
  /** Why it may not take over what another id of its stack owns; undefined when it may. */
  refusal?(takes: readonly Take[], here: Facts): Promise<PolicyRoutingError | undefined>;
  resolve(applied: Applied): void;
  reject(error: Error): void;
}
