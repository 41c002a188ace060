import { isSameStack } from "../../declaration/owner";
import { registerKey } from "../../declaration/registerKey";
import { z } from "../../declaration/zod";
import type { State } from "../observed/state";
import { stateAfter } from "../plan/after";
import type { ChangePlan } from "../plan/plan";
import type { Choice } from "./back";
import { isSameObject, objectAt } from "./held";
import { objectSchema, printJson } from "./text";

const markSchema = z.object({
  key: z.string(),
  /** What was taken back; undefined: that it was gone. */
  bad: objectSchema.optional(),
  stack: z.string(),
  /** The run that made it, the last one where there were several. Then who took it back, when, and why. */
  run: z.string(),
  who: z.string(),
  /** By the clock of who took it back. */
  time: z.string(),
  why: z.string(),
  /** Seconds, by the host's own clock. */
  at: z.int().exactOptional(),
});

/** What a person took back at one key, and should not come again unseen. It is no part of what a rollback takes back. */
export type Mark = Readonly<z.infer<typeof markSchema>>;

export const printMark = (mark: Mark): string => printJson(mark);

/** What cannot be read is no mark: it could refuse nothing that a person could understand. */
export const parseMarks = (text: string): Mark[] =>
  text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [markSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });

/** Those of a rollback: where the entry itself is another one than before. */
export const marksOf = ({ revisions, stack, back }: Choice, said: Pick<Mark, "who" | "time" | "why" | "at">): Mark[] =>
  back.flatMap(({ key, from, to }) => {
    const run = revisions.findLast(({ deltas = [] }) => deltas.some((one) => one.key === key))?.run ?? "";
    // No mark without what it was: that one would say that it was gone.
    const isUnread = from !== undefined && from.object === undefined;
    return isUnread || isSameObject(from?.object, to?.object) ? [] : [{ key, bad: from?.object, stack, run, ...said }];
  });

/** What a plan says of what was taken back. */
export interface Again {
  /** All that it touches of it would be as it was taken back: then it is the same change once more. */
  readonly refused: boolean;
  /** What it would make again. */
  readonly marks: readonly Mark[];
  /** How many marks it touches. */
  readonly touched: number;
}

/**
 * Whether a plan makes again what was taken back. One mark by itself says nothing: a correction keeps a part of the bad change. What removes a
 * resource, or goes back itself, is never refused.
 */
export function againIn(marks: readonly Mark[], plan: ChangePlan, state: State): Again {
  const { change } = plan;
  const keys = new Set(plan.keys.map((key) => registerKey(key, change.tags.owner)));
  const touched = marks.filter(({ key, stack }) => keys.has(key) && isSameStack(stack, change.stack));
  if (touched.length === 0 || change.wanted.length === 0 || change.owners !== undefined) return { refused: false, marks: [], touched: 0 };
  const after = stateAfter(state, plan);
  const as = touched.filter(({ key, bad }) => isSameObject(objectAt(key, after), bad));
  const again = as.filter(({ key, bad }) => !isSameObject(objectAt(key, state), bad));
  return { refused: again.length > 0 && as.length === touched.length, marks: again, touched: touched.length };
}

/** Those of what a state declares at its keys, and the host does not show any more. */
export function missedIn(
  marks: readonly Mark[],
  { stack, keys }: { readonly stack: string; readonly keys: readonly string[] },
  state: State,
): Mark[] {
  const declared = new Set(keys);
  return marks.filter(
    ({ key, bad, stack: of }) =>
      bad !== undefined && declared.has(key) && isSameStack(of, stack) && !isSameObject(objectAt(key, state), bad),
  );
}

/** For a person: whose word it was, and about what. */
export function textOf(marks: readonly Mark[]): string {
  const keys = marks.map(({ key, bad }) => `${key}${bad === undefined ? " gone" : ""}`);
  const some = keys.length > 5 ? `${keys.slice(0, 5).join(", ")} and ${keys.length - 5} more` : keys.join(", ");
  const [first] = marks;
  return first === undefined ? "" : `what ${first.who} took back at ${first.time} (run ${first.run}: ${first.why}): ${some}`;
}

/** Milliseconds for which a mark counts, and by how much clocks may differ. */
const day = 24 * 3600 * 1000;
const lasts = 30 * day;

/** What it is now, in milliseconds: by the controller's clock, and by the host's, where it told. */
export interface Clocks {
  readonly here: number;
  readonly there?: number;
}

/**
 * A mark is over when both clocks say so: one of them may have been wrong when it was made, or be wrong now. By a clock that says it was made
 * tomorrow nothing is known.
 */
export function isOver({ time, at }: Pick<Mark, "time" | "at">, { here, there }: Clocks): boolean {
  const ages = [here - Date.parse(time), ...(at === undefined || there === undefined ? [] : [there - at * 1000])];
  const known = ages.filter((age) => age > -day);
  return known.length > 0 && known.every((age) => age >= lasts);
}

/** The marks once these keys are as they are now: one whose entry has become something else has done its work. */
export const marksAfter = (marks: readonly Mark[], keys: ReadonlySet<string>, after: State, now: Clocks): Mark[] =>
  marks.filter((mark) => !isOver(mark, now) && (!keys.has(mark.key) || isSameObject(objectAt(mark.key, after), mark.bad)));
