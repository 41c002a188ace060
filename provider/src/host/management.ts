import { PolicyRoutingError } from "../errors";
import type { Becomes } from "../kernel/change";
import { managementPathChange } from "../kernel/managementPath";
import { section } from "./answer";
import type { Observation } from "./observe";
import type { Session } from "./session";

/**
 * Refuses what would move the way of the replies to our own connection, or of which that cannot be told. Undefined: the change may be
 * made. Costs a further round trip only where it hangs on a mark: then the host is asked whether anything on it marks packets.
 */
export async function managementRefusal(
  session: Session,
  seen: Observation,
  becomes: readonly Becomes[],
): Promise<PolicyRoutingError | undefined> {
  const { management, state } = seen;
  if (management === undefined || becomes.length === 0) return undefined;
  const unmarked = managementPathChange(state, management, becomes, 0);
  const reason =
    unmarked ?? (managementPathChange(state, management, becomes, undefined) === undefined ? undefined : await whyMarked(session));
  return reason === undefined
    ? undefined
    : new PolicyRoutingError("conflict", {
        host: session.host,
        what: `refused, nothing was changed: ${reason}`,
        next: "change the selectors, or set guard: { allowManagementPathChange: true }: then the timed undo alone protects the host",
      });
}

/** Only matters where a rule looks at marks. */
async function whyMarked(session: Session): Promise<string | undefined> {
  const answer = await (await session.shell()).run("marks");
  const marking = section(answer, "marks")?.trim() ?? "";
  return marking === ""
    ? undefined
    : `how replies to this connection leave cannot be told: rules look at marks, and ${marking.split("\n")[0]}`;
}
