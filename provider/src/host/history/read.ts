import { PolicyRoutingError } from "../../errors";
import type { Mark } from "../../kernel/history/marks";
import type { Revision } from "../../kernel/history/revision";
import { parseRevision } from "../../kernel/history/text";
import type { Pieces } from "../../kernel/observed/pieces";
import { folders } from "../../kernel/persist/folders";
import type { Host } from "../host";
import { type Held, heldIn } from "../reading/held";
import { type Answer, sectionAfter, sectionsAfter } from "../wire/answer";
import { paced } from "../wire/paced";
import { clockOf, marksIn } from "./takenBack";

/** A file of the history of which it is not known what it did. */
export interface Unread {
  readonly n: number;
  readonly name: string;
  /** Its run, as the file's name has it. */
  readonly run: string;
  /** It is written whole, and confirmed: damaged, or of a version that nobody knows. Else a change is under way, or a loss of power cut it off. */
  readonly isFinished: boolean;
}

/** What a host knows of its changes, by their numbers, and what was taken back there. */
export interface History {
  readonly revisions: readonly Revision[];
  readonly unread: readonly Unread[];
  readonly marks: readonly Mark[];
  /** Seconds, by the host's clock; undefined where it cannot say. */
  readonly clock: number | undefined;
  /** What stands there now and is not confirmed yet. */
  readonly held?: Held | undefined;
}

/** While it is read others may let old runs go. */
const attempts = 5;

export async function readHistory(host: Host): Promise<History> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answer = await host.ask(attempt === 1 ? "show_history ''" : "show_history each");
    const texts = sectionAfter(answer, "changed") === undefined ? textsIn(answer) : undefined;
    if (texts !== undefined)
      return { ...(await paced(revisionsIn(texts))), marks: marksIn(answer), clock: clockOf(answer), held: heldIn(answer) };
  }
  throw new PolicyRoutingError("protocol", { topic: "answer-not-understood", what: "the history on the host cannot be read" });
}

interface Text {
  readonly name: string;
  readonly text: string;
}

/** Undefined where they cannot be told apart: one is empty, or was overwritten. */
function textsIn(answer: Answer): Text[] | undefined {
  const plain = sectionAfter(answer, "plain");
  const names = plain?.rest.split(" ").filter((name) => name !== "") ?? [];
  // As the first words of an object: a text within one has its quotes escaped.
  const texts = names.length === 0 ? [] : (plain?.text ?? "").split(/(?=\{"form":)/);
  if (texts.length !== names.length) return undefined;
  const alone = sectionsAfter(answer, "alone").map(({ rest, text }) => ({ name: rest, text }));
  return [...names.map((name, index) => ({ name, text: texts[index] ?? "" })), ...alone];
}

/** In pieces: while a long history is read, the guards of other hosts are running. */
function* revisionsIn(texts: readonly Text[]): Pieces<Pick<History, "revisions" | "unread">> {
  const revisions: Revision[] = [];
  const unread: Unread[] = [];
  for (const one of texts) {
    const found = revisionOf(one);
    if ("deltas" in found) revisions.push(found);
    else unread.push(found);
    yield;
  }
  return { revisions: revisions.sort((a, b) => a.n - b.n), unread: unread.sort((a, b) => a.n - b.n) };
}

function revisionOf({ name, text }: Text): Revision | Unread {
  const [, number = "", run = ""] = /^([0-9]+)-(.*?)(?:\.gz)?$/.exec(name) ?? [];
  const n = Number(number);
  const lines = text.trimEnd().split("\n");
  const isFinished = lines.at(-1) === "kept";
  const found = isFinished ? parseRevision(lines.slice(0, -1)) : undefined;
  return found === undefined ? { n, name, run, isFinished } : { n, ...found, bytes: text.length };
}

/** For a person. */
export const unreadText = ({ name, isFinished }: Unread): string =>
  `${folders.lib}/history/${name} ${isFinished ? "cannot be understood" : "is not finished: a change is under way, or it was cut off"}`;
