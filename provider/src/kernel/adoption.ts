import { PolicyRoutingError } from "../errors";

/** `adopt: "same"` takes over nothing else: by one slip in a declaration, something that works would be replaced. */
export const differs = (key: string, there: string, declared: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "not-the-same",
    object: key,
    what: `what stands there is not what is declared, and adopt is "same": there ${there}; declared ${declared}`,
    next: "declare it as it stands there, or set adopt: true to replace it",
  });
