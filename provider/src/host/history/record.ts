import { type Mark, marksAfter, printMark } from "../../kernel/history/marks";
import { type Delta, deltasOf, type Header, keysOfPlan, withTags } from "../../kernel/history/revision";
import { printRevision } from "../../kernel/history/text";
import type { State } from "../../kernel/observed/state";
import { controller } from "../controller";
import { printTime } from "../printTime";
import type { Planned } from "../transaction/planned";
import type { Transaction } from "../transaction/transaction";
import { section } from "../wire/answer";
import { call } from "../wire/frames";
import { clocksAt, marksKept } from "./takenBack";
import { fileNameOf, runsKept, thisRun } from "./thisRun";

/** What a confirmed transaction leaves in its host's history. */
export interface RevisionText {
  /** Before the confirm: on the disk, and not kept yet. */
  readonly stage: string;
  /** Behind it. */
  readonly keep: string;
  /** For the audit line. */
  readonly audit: string;
}

/** More is sent packed, if the host can pack. */
const large = 64 * 1024;
/** A guard is running while it is sent. */
const tooLarge = 2 * 1024 * 1024;

/** Empty where nothing changed that anybody holds. `after` is what was read back; `approval`, which person confirmed it. */
export function revisionText(planned: readonly Planned[], transaction: Transaction, after: State, approval?: string): RevisionText {
  const { before, txn } = transaction;
  const [first] = planned;
  const objects = new Map(before.persistence.objects);
  for (const { store } of planned) {
    for (const one of store.written) objects.set(one.file, one);
    for (const file of store.removed) objects.delete(file);
  }
  const keys = [...new Set(planned.flatMap(({ plan }) => keysOfPlan(plan)))];
  const state = planned.reduce((known, { plan }) => withTags(known, plan), before.state);
  const deltas = deltasOf(keys, { state, objects: before.persistence.objects }, { state: after, objects });
  if (first === undefined || deltas.length === 0) return { stage: "", keep: "", audit: "" };
  const { change, back } = first.work;
  const { stack, tags } = change;
  const previous = section(before.answer, "last")?.trim();
  const header: Header = {
    time: printTime(new Date()),
    txn,
    boot: before.facts.bootId,
    ...(previous === undefined ? {} : { previous }),
    stack,
    tag: tags.owner,
    who: controller(),
    ...thisRun(),
    ...(back === undefined ? {} : { why: back.why, back: back.name, orphans: back.orphans }),
  };
  const { stage, keep, audit } = textOf(header, deltas);
  const marks = marksKept(before.answer);
  const left = [...marksAfter(marks, new Set(keys), after, clocksAt(before.answer)), ...(back?.marks ?? [])];
  return {
    stage,
    keep: [keep, ...marksText(marks, left)].join("\n"),
    audit: approval === undefined ? audit : `${audit}; confirmed by ${approval}`,
  };
}

/** Only where they change. */
function marksText(before: readonly Mark[], after: readonly Mark[]): string[] {
  if (after.length === before.length && after.every((mark, index) => mark === before[index])) return [];
  return [after.length === 0 ? "drop_marks" : call("write_marks", after.map(printMark))];
}

function textOf(header: Header, deltas: readonly Delta[]): RevisionText {
  const { txn, run, why } = header;
  const audit = ` in run ${run}${why === undefined ? "" : ` (${why})`}: ${some(deltas.map(({ key }) => key))}`;
  const runs = runsKept();
  const note = `note_last ${txn}`;
  if (runs === 0) return { stage: "", keep: `${note}\ndrop_history`, audit };
  const lines = printRevision(header, deltas);
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (bytes > tooLarge) return { stage: `say unrecorded; echo 'it is too large: ${bytes} bytes'`, keep: note, audit };
  const pack = bytes > large ? " gzip" : "";
  return {
    // No text of it holds an apostrophe.
    stage: `stage_revision ${txn} ${fileNameOf(run)} '${lines.join("\n")}'${pack}`,
    keep: `${note}\nkeep_revision ${runs}`,
    audit,
  };
}

const some = (keys: readonly string[]): string =>
  keys.length > 10 ? `${keys.slice(0, 10).join(", ")} and ${keys.length - 10} more` : keys.join(", ");
