import { PolicyRoutingError } from "../errors";
import type { Difference } from "../kernel/compare";
import { lackOf, remedyOf } from "../kernel/gate";
import { isOfIp, printStep } from "../kernel/step";
import { cameBackOf, type Left, undoneOutcome, undoneText } from "./ending";
import type { Facts } from "./facts";
import { refusedAt } from "./frames";
import { labelOf, type Planned } from "./planned";

/** One change of a group that did not go through: it was undone alone. */
export interface Refused {
  /** What `ip` or the script said. */
  readonly text: string;
  /** What came back where its undo did not do all that it should. */
  readonly undoFailure: string | undefined;
  /** Which of its runs of steps it was, or `register`; undefined where the host did not say. */
  readonly at: string | undefined;
}

export function refusedError(
  host: string,
  facts: Facts,
  { work, plan }: Planned,
  { text, at, undoFailure }: Refused,
  undone: Left,
): PolicyRoutingError {
  const left = undoFailure === undefined ? undone : { ...undone, complaint: undoFailure };
  const lack = lackOf(text, facts);
  const step = at === "register" ? undefined : refusedAt(plan.steps, at, text);
  const some = step === undefined ? plan.steps : [step];
  return new PolicyRoutingError(lack === undefined ? "command" : "unsupported", {
    topic: lack === undefined ? "kernel-refused" : "host-lacks",
    host,
    object: labelOf(work),
    what: `${lack ?? whatFailed(at, step ?? plan.steps[0])}; ${undoneText(left)}`,
    ran:
      at === "register"
        ? undefined
        : some
            .flatMap((one) => printStep(one) ?? [])
            .slice(0, 3)
            .join("; ") || undefined,
    cameBack: [text, ...cameBackOf(left)].join("\n"),
    next: remedyOf(text, step ?? ""),
    outcome: undoneOutcome(left),
  });
}

function whatFailed(at: string | undefined, step: string | undefined): string {
  if (at === "register") return "whose it is could not be written down";
  if (step === undefined || isOfIp(step)) return "the kernel refused it";
  return step.startsWith("s ") ? "the setting could not be made" : "the file could not be written";
}

/** What of a comparison is about this change. */
export const atKeysOf = ({ plan }: Planned, differences: readonly Difference[]): Difference[] =>
  differences.filter(({ key }) => plan.keys.includes(key));
