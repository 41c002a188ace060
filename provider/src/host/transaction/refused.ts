import { PolicyRoutingError } from "../../errors";
import type { Difference } from "../../kernel/plan/compare";
import { lackOf, remedyOf } from "../../kernel/plan/gate";
import { undoOf } from "../../kernel/plan/plan";
import { commandOf, printStep, type Step } from "../../kernel/plan/step";
import type { Facts } from "../reading/facts";
import { refusedAt } from "../wire/frames";
import { cameBackOf, type Left, undoneOutcome, undoneText } from "./ending";
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
  const lack = lackOf(text, facts);
  const step = at === "register" ? undefined : refusedAt(plan.steps, at, text);
  const left = undoFailure === undefined ? undone : { ...undone, complaint: undoFailure };
  return new PolicyRoutingError(lack === undefined ? "command" : "unsupported", {
    topic: lack === undefined ? "kernel-refused" : "host-lacks",
    host,
    object: labelOf(work),
    what: `${lack ?? whatFailed(at, step ?? plan.steps[0])}; ${undoneText(left)}`,
    // Of several entries, the one that it was about.
    details:
      step === undefined || work.change.label === undefined
        ? undefined
        : [`of ${step.key}; its undo: ${undoOf(plan, step).map(commandOf).join("; ")}`],
    ran: at === "register" ? undefined : printed(step === undefined ? plan.steps : [step]),
    cameBack: [text, ...cameBackOf(left)].join("\n"),
    next: remedyOf(text, step),
    outcome: undoneOutcome(left),
  });
}

const printed = (steps: readonly Step[]): string | undefined => steps.slice(0, 3).map(printStep).join("; ") || undefined;

const failures = {
  ip: "the kernel refused it",
  setting: "the setting could not be made",
  tableName: "the file could not be written",
} as const satisfies Record<Step["on"], string>;

const whatFailed = (at: string | undefined, step: Step | undefined): string =>
  at === "register" ? "whose it is could not be written down" : failures[step?.on ?? "ip"];

/** What of a comparison is about this change. */
export const atKeysOf = ({ plan }: Planned, differences: readonly Difference[]): Difference[] =>
  differences.filter(({ key }) => plan.keys.includes(key));
