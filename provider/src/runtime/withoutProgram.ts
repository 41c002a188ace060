import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import type { Run } from "./run";

/**
 * The engine asks for checks in `up` and `preview` alone, with --run-program too: a refresh or a destroy logs in as the last `up` left it in the state,
 * a mistake that was corrected since, too, and what the program says by connectionDefaults may be what it lacks. The stack's configuration reaches
 * these as the last `up` left it, and anew with --run-program.
 */
export const withoutProgram =
  (run: Run | undefined) =>
  (error: unknown): never => {
    if (run?.hasProgram !== false || !isPolicyRoutingError(error) || (error.kind !== "auth" && error.kind !== "unreachable")) throw error;
    const advice =
      "a refresh or a destroy logs in as the last `up` did: if the program says another login since, run pulumi up without --refresh first; what a program says by connectionDefaults is known to `up` only: set policy-routing:connection, and add --run-program";
    const { next } = error.parts;
    throw new PolicyRoutingError(error.kind, { ...error.parts, next: next === undefined ? advice : `${next}; ${advice}` });
  };
