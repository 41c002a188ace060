import type { z } from "zod";
import { isTopic, type Topic } from "../messages";

/** Something wrong with what a person wrote. Never holds the value: it may be a secret. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** One that a check reports. */
export interface Failure extends Problem {
  readonly topic: Topic;
}

/** `routes.default.via: expected ...` */
export function printProblem({ path, text }: Problem): string {
  return path.length === 0 ? text : `${path.map(String).join(".")}: ${text}`;
}

/** How an object inside another says what each of its problems is about. */
export const issueOf = ({ path, text, topic }: Failure) => ({ code: "custom" as const, path: [...path], message: text, params: { topic } });

/** What is wrong, below `path`: one problem a place. Unions report their own text, which says what is expected, not each branch's. */
export function problemsOf(error: z.ZodError, path: readonly PropertyKey[]): Failure[] {
  const places = new Map(error.issues.toReversed().map((issue) => [issue.path.map(String).join("."), issue]));
  return [...places.values()]
    .toReversed()
    .map((issue) => ({ path: [...path, ...issue.path], text: issue.message, topic: topicOf(issue) ?? "value" }));
}

function topicOf(issue: z.core.$ZodIssue): Topic | undefined {
  const topic: unknown = issue.code === "custom" ? issue.params?.["topic"] : undefined;
  return isTopic(topic) ? topic : undefined;
}

/** The known name nearest to what was written, when it is near enough to be a slip. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.name : undefined;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
