import type { Expectation } from "../../declaration/expectation";
import type { Guard } from "../../declaration/guard";
import type { PolicyRoutingError } from "../../errors";
import type { Mark } from "../../kernel/history/marks";
import type { Look } from "../../kernel/observed/look";
import type { State } from "../../kernel/observed/state";
import type { Wish } from "../../kernel/persist/persistence";
import type { Change, Take } from "../../kernel/plan/change";
import type { Facts } from "../reading/facts";
import type { Observation } from "../reading/observe";

/** What was seen on the host after a change was confirmed, or was not needed. */
export interface Applied {
  readonly state: State;
  /** What puts it back after a reboot: for the output `persisted`. */
  readonly persisted: string;
  readonly facts: Facts;
  /** All was there already: nothing was changed. */
  readonly isIdle?: true;
}

/** What a person takes back, and what the host is to remember of it. */
export interface GoingBack {
  /** What is taken back, as the history says it. */
  readonly name: string;
  readonly why: string;
  readonly marks: readonly Mark[];
  /** Keys of the register that come back in the name of a resource that no program has any more. */
  readonly orphans: readonly string[];
  /** Why it cannot be: what is there is not what the history says. */
  refusal(seen: Observation): PolicyRoutingError | undefined;
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
  /** It goes back. */
  readonly back?: GoingBack;
  resolve(applied: Applied): void;
  reject(error: Error): void;
}
