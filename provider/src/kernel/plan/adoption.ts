import { PolicyRoutingError } from "../../errors";
import type { Topic } from "../../messages";
import type { Entry } from "./register";

/** What stands in the way at a key. */
export const conflict = (topic: Topic, key: string, what: string, next: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", { topic, object: key, what, next });

/** `instead` is what a program may say to leave it there. */
export const belongsToAnother = (key: string, { id, stack }: Entry, instead?: string): PolicyRoutingError =>
  conflict(
    "belongs-to-another",
    key,
    `belongs to ${id} of stack ${stack}`,
    `${instead === undefined ? "" : `choose another ${instead}, `}remove it there, or set adopt: true to take it over`,
  );

/** What a refusal says of both: what stands there, and what is declared. */
export const besideDeclared = (isSame: boolean, declared: string): string => (isSame ? "(as declared)" : `(declared: ${declared})`);
export const adoptAdvice = (isSame: boolean): string => (isSame ? 'set adopt: "same" to take it over' : "set adopt: true to replace it");

/** Every object that stands in the way is told, not only the first. */
export function conflictOf(all: readonly PolicyRoutingError[]): PolicyRoutingError | undefined {
  const [first, ...others] = all;
  if (first === undefined || others.length === 0) return first;
  const lines = all.map(({ parts: { object, what } }) => `${object === undefined ? "" : `${object}: `}${what}`);
  const topics = new Set(all.map(({ parts: { topic } }) => topic));
  return new PolicyRoutingError("conflict", {
    topic: topics.size === 1 ? first.parts.topic : "several-conflicts",
    what: `${all.length} entries are in the way: ${[...lines.slice(0, most), ...(all.length > most ? [`and ${all.length - most} more`] : [])].join("; ")}`,
    next: adviceOf(all.slice(0, most)),
  });
}
const most = 20;

/** Each advice once, with what it is for where it is not for all. */
function adviceOf(all: readonly PolicyRoutingError[]): string {
  const advised = all.flatMap(({ parts: { object, next } }) => (next === undefined ? [] : [{ object, next }]));
  const nexts = [...new Set(advised.map(({ next }) => next))];
  if (nexts.length === 1) return nexts.join("");
  return nexts
    .map((next) => `for ${advised.flatMap((one) => (one.next === next ? (one.object ?? []) : [])).join(", ")}: ${next}`)
    .join("; ");
}

/** `adopt: "same"` takes over nothing else: by one slip in a declaration, something that works would be replaced. */
export const differs = (key: string, there: string, declared: string): PolicyRoutingError =>
  conflict(
    "not-the-same",
    key,
    `what stands there is not what is declared, and adopt is "same": there ${there}; declared ${declared}`,
    "declare it as it stands there, or set adopt: true to replace it",
  );

/** Of what was taken over before, and is to stand there again. */
export const cannotGiveBack = (key: string): PolicyRoutingError =>
  conflict(
    "rollback-refused",
    key,
    "refused, nothing was changed: what was taken over there cannot be given back beside what somebody else has put there since",
    "remove that on the host, or correct the program and run pulumi up",
  );

/** In words, with what of it is not understood. */
export const withUnread = (words: string, unread: readonly string[]): string =>
  unread.length === 0 ? words : `${words} with ${unread.join(", ")}`;
