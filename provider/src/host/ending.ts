import { PolicyRoutingError } from "../errors";
import type { State } from "../kernel/state";
import type { Persistence } from "../kernel/store";

/** What became of a transaction. Exactly one of these, and each but the last was looked at. */
export type Ending =
  | { readonly outcome: "applied"; readonly state: State; readonly persistence: Persistence }
  /** Undone. With differences: something is not as it was before. */
  | { readonly outcome: "reverted"; readonly reason: string; readonly differences: readonly string[]; readonly foreign: readonly string[] }
  | { readonly outcome: "unknown"; readonly reason: string; readonly since: Date; readonly firesAt: Date | undefined };

/** What the engine's state must say after a change that did not succeed. */
export type Outcome = "reverted" | "differs" | "unknown";

const outcomes = new WeakMap<Error, Outcome>();

export function withOutcome(error: PolicyRoutingError, outcome: Outcome): PolicyRoutingError {
  outcomes.set(error, outcome);
  return error;
}

/** Undefined: nothing was changed on the host. */
export const outcomeOf = (error: unknown): Outcome | undefined => (error instanceof Error ? outcomes.get(error) : undefined);

export function revertedText(differences: readonly string[]): string {
  return differences.length === 0 ? "reverted (verified)" : `reverted, but differs: ${differences.join(", ")}`;
}

export function endingError(host: string, object: string, ending: Exclude<Ending, { outcome: "applied" }>): PolicyRoutingError {
  if (ending.outcome === "reverted") {
    const meanwhile = ending.foreign.length === 0 ? undefined : `meanwhile somebody else changed ${ending.foreign.join(", ")}`;
    const error = new PolicyRoutingError("verify", {
      host,
      object,
      what: `${revertedText(ending.differences)}: ${ending.reason}`,
      cameBack: meanwhile,
    });
    return withOutcome(error, ending.differences.length === 0 ? "reverted" : "differs");
  }
  const fires = ending.firesAt === undefined ? "nothing guards it" : `its guard fires at ${ending.firesAt.toISOString()}`;
  return withOutcome(
    new PolicyRoutingError("unreachable", {
      host,
      object,
      what: `unknown: host not reachable since ${ending.since.toISOString()}; ${fires}: ${ending.reason}`,
      next: "when the host answers again, run pulumi up: it reports what happened and carries on",
    }),
    "unknown",
  );
}
