import { isSameStack, tagsOf } from "../../declaration/owner";
import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import type { Taken } from "../observed/kind";
import { type Held, isSameHeld } from "./held";
import { refused } from "./refused";
import type { Delta, Revision } from "./revision";
import { givenBack } from "./taken";

/** What a person asks for. */
export interface Wish {
  /** The host as it was when this one had been confirmed. */
  readonly to?: number | undefined;
  readonly run?: string | undefined;
  readonly stack?: string | undefined;
  /** Also where what is there is not what the history says. */
  readonly force?: boolean | undefined;
}

/** One key on the way back: from what is expected there now. */
export interface Back {
  readonly key: string;
  readonly from: Held | undefined;
  readonly to: Held | undefined;
  /** What stood there in nobody's name, was taken over since, and is given back. */
  readonly given?: readonly Taken[];
}

/** What is taken back: revisions of one stack and one tag. */
export interface Choice {
  readonly stack: string;
  readonly tag: number;
  readonly revisions: readonly Revision[];
  readonly back: readonly Back[];
}

/** For a person: `run ci-4711`, `to 3`. */
export const nameOf = ({ to, run }: Pick<Wish, "to" | "run">): string => (run === undefined ? `to ${to ?? ""}` : `of run ${run}`);

const seeHistory = "look at npx --no-install policy-routing history, and choose another one";
const refuse = (what: string, next: string): never => {
  throw refused(what, next);
};

/** Undefined where the host knows nothing of it. `all` are the revisions that it keeps, by their numbers. */
export function choose(all: readonly Revision[], wish: Wish): Choice | undefined {
  const { to, run, force = false } = wish;
  if (to !== undefined) checkPlace(all, to, force);
  const range = all.filter((one) => (to === undefined ? one.run === run : one.n > to));
  const revisions = range.filter(({ stack }) => wish.stack === undefined || isSameStack(stack, wish.stack));
  const [first] = revisions;
  if (first === undefined) return undefined;
  const stacks = [...new Set(revisions.map(({ stack }) => stack))];
  if (stacks.some((stack) => !isSameStack(stack, first.stack)))
    refuse(`that would take back changes of several stacks: ${stacks.join(", ")}`, "say which one by --stack");
  const deltas = revisions.flatMap(
    (one) => one.deltas ?? refuse(`revision ${one.n} was written by a newer version`, "update pulumi-policy-routing"),
  );
  checkTags(deltas, first.tag);
  const back = backOf(revisions);
  checkTaken(revisions, back);
  return { stack: revisions.at(-1)?.stack ?? first.stack, tag: first.tag, revisions, back };
}

/** A host can be brought to where a run had ended, and not over what is not known. */
function checkPlace(all: readonly Revision[], to: number, force: boolean): void {
  const [oldest, newest] = [all[0]?.n, all.at(-1)?.n];
  if (oldest === undefined || newest === undefined) {
    if (to > 0) refuse(`revision ${to} is not one to go back to: there is no history on this host`, seeHistory);
    return;
  }
  if (to < oldest - 1 || to >= newest) refuse(`revision ${to} is not one to go back to: ${oldest - 1} to ${newest - 1} are`, seeHistory);
  for (const [index, one] of all.entries()) {
    const before = all[index - 1];
    if (before === undefined || one.n <= to || force) continue;
    if (before.n >= to && !follows(one, before))
      refuse(
        `revision ${one.n} does not follow ${before.n}: something that was confirmed is not in the history`,
        "go back to a later one; --force passes over what is not known",
      );
  }
  const cut = all.find(({ n, run }) => n <= to && all.some((other) => other.n > to && other.run === run));
  if (cut === undefined || force) return;
  const ofRun = all.filter(({ run }) => run === cut.run).map(({ n }) => n);
  refuse(
    `revision ${to} is in the midst of run ${cut.run}: ${Math.min(...ofRun) - 1} or ${Math.max(...ofRun)}`,
    "choose one of these; --force goes to a state in which an `up` was under way",
  );
}

/** Nothing was confirmed between two of one host, as far as that can be told. */
export function follows({ n, previous }: Revision, before: Revision): boolean {
  // The number of one whose controller died comes late: then the next one names what came before that one.
  const isKnown = previous === undefined || previous === before.txn || previous === before.previous;
  return n === before.n + 1 && isKnown;
}

/** Of another tag than the stack has, an entry is another one. */
function checkTags(deltas: readonly Delta[], tag: number): void {
  const other = deltas.find(({ key: at }) => {
    const { key, staging } = parseRegisterKey(at);
    return registerKey(key, tag, staging) !== at;
  });
  if (other !== undefined)
    refuse(
      `policy-routing:owner was changed meanwhile (${other.key}, and proto ${tagsOf(tag).owner})`,
      "go back in the program: git revert, then pulumi up",
    );
}

/** What was taken over is given back where it was the first that happened at its key, and ours still stands in its place. */
function checkTaken(revisions: readonly Revision[], back: readonly Back[]): void {
  for (const [key, took] of takenIn(revisions)) {
    const [first] = took;
    const one = back.find((other) => other.key === key);
    const isGiven = one?.from !== undefined && one.to === undefined && one.given?.length === took.length;
    const isOne = took.every(({ n }) => n === first?.n) && givenBack(key, one?.given ?? [], 0) !== undefined;
    if (first !== undefined && !(isGiven && isOne))
      refuse(
        `revision ${first.n} took over at ${key} what was not ours, and it cannot be given back: ${took.map(({ text }) => text).join("; ")}`,
        "go back to that revision or a later one, or correct the program and run pulumi up",
      );
  }
}

interface TakenText {
  readonly n: number;
  readonly text: string;
  /** Undefined where it could not be put back. */
  readonly what: Taken | undefined;
}

/** What was taken over at each key and not given back since, the first one first. */
function takenIn(revisions: readonly Pick<Revision, "n" | "deltas">[]): Map<string, readonly TakenText[]> {
  const found = new Map<string, readonly TakenText[]>();
  for (const { n, deltas = [] } of [...revisions].sort((a, b) => a.n - b.n))
    for (const { key, took = [], taken = [], gave = [] } of deltas) {
      const left = (found.get(key) ?? []).filter(({ text }) => !gave.includes(text));
      found.set(key, [...left, ...took.map((text, index) => ({ n, text, what: taken[index] }))]);
    }
  return found;
}

/** Refuses where others changed the same since. */
export function checkLater(all: readonly Revision[], { revisions, back }: Choice): void {
  const keys = new Set(back.map(({ key }) => key));
  const first = revisions[0]?.n ?? 0;
  const later = all.filter((one) => one.n > first && !revisions.includes(one) && (one.deltas ?? []).some(({ key }) => keys.has(key)));
  if (later.length > 0)
    refuse(
      `the same entries were changed again by ${later.map(({ n, run, who }) => `revision ${n} (run ${run}, ${who})`).join(", ")}`,
      "take these back first, or go back to a revision before both; --force puts back all the same",
    );
}

/** The newest revision says what must be there now, the oldest one what is to be there again. What would end as it began drops out. */
export function backOf(revisions: readonly Pick<Revision, "n" | "deltas">[]): Back[] {
  const taken = takenIn(revisions);
  const found = new Map<string, Back>();
  for (const { deltas = [] } of [...revisions].sort((a, b) => b.n - a.n))
    for (const { key, before, after } of deltas) {
      const later = found.get(key);
      const given = taken.get(key)?.flatMap(({ what }) => what ?? []) ?? [];
      found.set(key, { key, to: before, from: later === undefined ? after : later.from, ...(given.length === 0 ? {} : { given }) });
    }
  return [...found.values()].filter(({ from, to }) => !isSameHeld(from, to));
}
