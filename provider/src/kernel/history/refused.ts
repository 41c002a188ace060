import { PolicyRoutingError } from "../../errors";

/** Why a rollback is not begun. */
export const refused = (what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { topic: "rollback-refused", what: `refused, nothing was changed: ${what}`, next });
