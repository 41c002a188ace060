import { PolicyRoutingError } from "../errors";
import { type Difference, printDifference } from "../kernel/compare";
import type { State } from "../kernel/state";
import type { Persistence } from "../kernel/store";

/** What became of a transaction. Exactly one of these; the host itself said each but the last. */
export type Ending = Applied | Undone | Unknown;

interface Applied {
  readonly outcome: "applied";
  readonly state: State;
  readonly persistence: Persistence;
}

export interface Undone {
  readonly outcome: "undone";
  readonly reason: string;
  readonly differences: readonly Difference[];
  readonly foreign: readonly Difference[];
  /** Why it may not be as before, whatever was seen. */
  readonly doubt?: { readonly what: string; readonly cameBack: string | undefined } | undefined;
}

export const undoFailed = "its undo failed";

interface Unknown {
  readonly outcome: "unknown";
  readonly reason: string;
  readonly since: Date;
  readonly firesAt: Date | undefined;
  /** What came back instead of an answer; undefined where nothing could be reached. */
  readonly instead: string | undefined;
}

/** What an undo left: the words and the outcome of it in every message. */
export function undoneText({ differences, doubt }: Pick<Undone, "differences" | "doubt">): string {
  const wrong = [...differences.map(printDifference), ...(doubt === undefined ? [] : [doubt.what])];
  return wrong.length === 0 ? "reverted (verified)" : `reverted, but differs: ${wrong.join(", ")}`;
}

export const undoneOutcome = ({ differences, doubt }: Pick<Undone, "differences" | "doubt">): "reverted" | "differs" =>
  differences.length === 0 && doubt === undefined ? "reverted" : "differs";

export const endingError = (host: string, object: string, ending: Undone | Unknown): PolicyRoutingError =>
  ending.outcome === "undone" ? undoneError(host, object, ending) : unknownError(host, object, ending);

function undoneError(host: string, object: string, ending: Undone): PolicyRoutingError {
  const { reason, foreign, doubt } = ending;
  const meanwhile = foreign.length === 0 ? [] : [`meanwhile somebody else changed ${foreign.map(printDifference).join(", ")}`];
  return new PolicyRoutingError("verify", {
    host,
    object,
    what: `${undoneText(ending)}: ${reason}`,
    cameBack: [...(doubt?.cameBack === undefined ? [] : [doubt.cameBack]), ...meanwhile].join("\n"),
    outcome: undoneOutcome(ending),
  });
}

function unknownError(host: string, object: string, { reason, since, firesAt, instead }: Unknown): PolicyRoutingError {
  const fires = firesAt === undefined ? "nothing guards it" : `its guard fires at ${firesAt.toISOString()}`;
  const why = instead === undefined ? "host not reachable" : "the host does not say what became of it";
  return new PolicyRoutingError("unreachable", {
    host,
    object,
    what: `unknown: ${why} since ${since.toISOString()}; ${fires}: ${reason}`,
    cameBack: instead,
    next: "when the host answers again, run pulumi up: it reports what happened and carries on",
    outcome: "unknown",
  });
}
