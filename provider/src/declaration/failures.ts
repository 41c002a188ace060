import { isTopic, type Topic } from "../messages";
import type { z } from "./zod";

/** Something wrong with what a person wrote. Never holds the value: it may be a secret. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** One that a check reports. */
export interface Failure extends Problem {
  readonly topic: Topic;
  /** What was written instead, where that is no secret. */
  readonly got?: string | undefined;
}

/** `routes.default.via: expected ...` */
export function printProblem({ path, text }: Problem): string {
  return path.length === 0 ? text : `${path.map(String).join(".")}: ${text}`;
}

/** The same with what was written instead. */
export const printFailure = (failure: Failure): string =>
  `${printProblem(failure)}${failure.got === undefined ? "" : `, got ${failure.got}`}`;

/** How an object inside another says what each of its problems is about. */
export const issueOf = ({ path, text, topic, got }: Failure) => ({
  code: "custom" as const,
  path: [...path],
  message: text,
  params: { topic, got },
});

/**
 * What is wrong, below `path`: one problem a place. Unions report their own text, which says what is expected, not each branch's. `input` is
 * what was written, where it may be shown.
 */
export function problemsOf(error: z.ZodError, path: readonly PropertyKey[], input?: unknown): Failure[] {
  const places = new Map(error.issues.toReversed().map((issue) => [issue.path.map(String).join("."), issue]));
  return [...places.values()].toReversed().map((issue) => ({
    topic: "value",
    got: shown(issue.message, valueAt(input, issue.path)),
    ...said(issue),
    path: [...path, ...issue.path],
    text: issue.message,
  }));
}

/** What an object inside said of its own problem. */
function said(issue: z.core.$ZodIssue): Pick<Failure, "topic" | "got"> | undefined {
  const { topic, got }: Readonly<Record<string, unknown>> = (issue.code === "custom" ? issue.params : undefined) ?? {};
  return isTopic(topic) ? { topic, got: typeof got === "string" ? got : undefined } : undefined;
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((one, key) => (typeof one === "object" && one !== null ? Reflect.get(one, key) : undefined), value);

const longest = 60;

/** Where it is one word: objects and lists are seen in the program, and a word in place of an object may be a secret. */
function shown(expected: string, value: unknown): string | undefined {
  if (!expected.startsWith("expected") || expected.startsWith("expected an object")) return undefined;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const text = JSON.stringify(value.length > longest ? `${value.slice(0, longest)}...` : value);
  return /number|true or false/.test(expected) ? `${text} (text)` : text;
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
