import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import type { Run } from "./run";

/**
 * The engine asks for checks in `up` and `preview` alone, with --run-program too: what the program says by connectionDefaults may be what the login of
 * a refresh or a destroy lacks. The stack's configuration reaches these as the last `up` left it, and anew with --run-program.
 */
export const withoutProgram =
  (run: Run | undefined) =>
  (error: unknown): never => {
    if (run?.hasProgram !== false || !isPolicyRoutingError(error) || (error.kind !== "auth" && error.kind !== "unreachable")) throw error;
    const advice = "what a program says by connectionDefaults is known to `up` only: set policy-routing:connection, and add --run-program";
    const { next } = error.parts;
    throw new PolicyRoutingError(error.kind, { ...error.parts, next: next === undefined ? advice : `${next}; ${advice}` });
  };
