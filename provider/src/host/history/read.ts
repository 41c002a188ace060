import { PolicyRoutingError } from "../../errors";
import type { Mark } from "../../kernel/history/marks";
import type { Revision } from "../../kernel/history/revision";
import { parseRevision } from "../../kernel/history/text";
import type { Pieces } from "../../kernel/observed/pieces";
import type { Host } from "../host";
import { type Held, heldIn } from "../reading/held";
import { type Answer, sectionAfter, sectionsAfter } from "../wire/answer";
import { paced } from "../wire/paced";
import { marksIn } from "./takenBack";

/** What a host knows of its changes, by their numbers, and what was taken back there. */
export interface History {
  readonly revisions: readonly Revision[];
  readonly marks: readonly Mark[];
  /** What stands there now and is not confirmed yet. */
  readonly held?: Held | undefined;
}

/** While it is read others may let old runs go. */
const attempts = 5;

export async function readHistory(host: Host): Promise<History> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answer = await host.ask("show_history");
    if (sectionAfter(answer, "changed") === undefined)
      return { revisions: await paced(revisionsIn(answer)), marks: marksIn(answer), held: heldIn(answer) };
  }
  throw new PolicyRoutingError("protocol", { topic: "answer-not-understood", what: "the history on the host cannot be read" });
}

/** In pieces: while a long history is read, the guards of other hosts are running. */
function* revisionsIn(answer: Answer): Pieces<Revision[]> {
  const plain = sectionAfter(answer, "plain");
  const names = plain?.rest.split(" ").filter((name) => name !== "") ?? [];
  const packed = sectionsAfter(answer, "packed").map(({ rest, text }) => ({ name: rest, text }));
  const texts = (plain?.text ?? "").split(/\n(?=\{"form":)/);
  if (names.length > 0 && texts.length !== names.length) throw cut(names.join(", "));
  const all = [...names.map((name, index) => ({ name, text: texts[index] ?? "" })), ...packed];
  const revisions: Revision[] = [];
  for (const one of all) {
    if (isKept(one.text)) revisions.push(revisionOf(one));
    yield;
  }
  return revisions.sort((a, b) => a.n - b.n);
}

/** One that was staged and not confirmed is none. */
const isKept = (text: string): boolean => text.trimEnd().endsWith("\nkept");

function revisionOf({ name, text }: { readonly name: string; readonly text: string }): Revision {
  const found = parseRevision(text.trimEnd().split("\n").slice(0, -1));
  const n = Number.parseInt(name, 10);
  if (found === undefined) throw cut(name);
  return { n, ...found, bytes: text.length };
}

const cut = (name: string): PolicyRoutingError =>
  new PolicyRoutingError("protocol", {
    topic: "answer-not-understood",
    what: `the history on the host holds what cannot be understood: /var/lib/policy-routing/history/${name}`,
    next: "move that file away on the host, or update pulumi-policy-routing",
  });
