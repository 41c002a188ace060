import { PolicyRoutingError } from "../../errors";
import type { State } from "../../kernel/observed/state";
import type { Persistence } from "../../kernel/persist/persistence";
import { type Difference, printDifference } from "../../kernel/plan/compare";
import { type Answer, sectionAfter } from "../wire/answer";
import type { Reason } from "./transaction";

/** What became of a transaction. Exactly one of these; the host itself said each but the last. */
export type Ending = Applied | Undone | Unknown;

interface Applied {
  readonly outcome: "applied";
  readonly state: State;
  readonly persistence: Persistence;
  /** Why the history on the host does not have it. */
  readonly unrecorded?: string;
  /** Why nobody is refused who makes again what was taken back. */
  readonly unmarked?: string;
}

export function unwrittenIn(answer: Answer): Pick<Applied, "unrecorded" | "unmarked"> {
  const unrecorded = sectionAfter(answer, "unrecorded")?.text;
  const unmarked = sectionAfter(answer, "unmarked")?.text;
  return { ...(unrecorded === undefined ? {} : { unrecorded }), ...(unmarked === undefined ? {} : { unmarked }) };
}

export interface Undone {
  readonly outcome: "undone";
  readonly reason: Reason;
  readonly differences: readonly Difference[];
  readonly foreign: readonly Difference[];
  /** What came back instead of what is there now: it may not be as before. */
  readonly unread?: string | undefined;
  /** What came back where the undo did not do all that it should. What is there now decides all the same. */
  readonly complaint?: string | undefined;
}

/** What is known of an undo, of a whole transaction or of one change. */
export type Left = Pick<Undone, "differences" | "unread" | "complaint">;

interface Unknown {
  readonly outcome: "unknown";
  readonly reason: Reason;
  readonly since: Date;
  readonly firesAt: Date | undefined;
  /** What came back instead of an answer; undefined where nothing could be reached. */
  readonly instead: string | undefined;
}

export function undoneText(left: Left): string {
  const { differences, unread, complaint } = left;
  if (undoneOutcome(left) === "reverted") return "reverted (verified)";
  const wrong = [
    ...differences.map(printDifference),
    ...(unread === undefined ? [] : ["what is there now could not be read"]),
    ...(complaint === undefined ? [] : ["its undo failed"]),
  ];
  return `reverted, but differs: ${wrong.join(", ")}`;
}

export const undoneOutcome = ({ differences, unread }: Left): "reverted" | "differs" =>
  differences.length === 0 && unread === undefined ? "reverted" : "differs";

/** What the host said of it, for a message. */
export const cameBackOf = ({ unread, complaint }: Left): string[] => [
  ...(unread === undefined ? [] : [unread]),
  ...(complaint === undefined ? [] : [`its undo: ${complaint}`]),
];

export const endingError = (host: string, object: string, ending: Undone | Unknown): PolicyRoutingError =>
  ending.outcome === "undone" ? undoneError(host, object, ending) : unknownError(host, object, ending);

function undoneError(host: string, object: string, ending: Undone): PolicyRoutingError {
  const { reason, foreign } = ending;
  const outcome = undoneOutcome(ending);
  const meanwhile = foreign.length === 0 ? [] : [`meanwhile somebody else changed ${foreign.map(printDifference).join(", ")}`];
  return new PolicyRoutingError("verify", {
    topic: outcome === "differs" ? "reverted-but-differs" : reason.topic,
    host,
    object,
    what: `${undoneText(ending)}: ${reason.what}`,
    cameBack: [...cameBackOf(ending), ...meanwhile].join("\n"),
    next: reason.next,
    outcome,
  });
}

function unknownError(host: string, object: string, { reason, since, firesAt, instead }: Unknown): PolicyRoutingError {
  const fires = firesAt === undefined ? "nothing guards it" : `its guard fires at ${firesAt.toISOString()}`;
  const why = instead === undefined ? "host not reachable" : "the host does not say what became of it";
  return new PolicyRoutingError("unreachable", {
    topic: "unknown-ending",
    host,
    object,
    what: `unknown: ${why} since ${since.toISOString()}; ${fires}: ${reason.what}`,
    cameBack: instead,
    next: "when the host answers again, run pulumi up: it reports what happened and carries on",
    outcome: "unknown",
  });
}
