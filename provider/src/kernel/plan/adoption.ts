import { PolicyRoutingError } from "../../errors";

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
  new PolicyRoutingError("conflict", {
    topic: "not-the-same",
    object: key,
    what: `what stands there is not what is declared, and adopt is "same": there ${there}; declared ${declared}`,
    next: "declare it as it stands there, or set adopt: true to replace it",
  });

/** Of what was taken over before, and is to stand there again. */
export const cannotGiveBack = (key: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "rollback-refused",
    object: key,
    what: "refused, nothing was changed: what was taken over there cannot be given back beside what somebody else has put there since",
    next: "remove that on the host, or correct the program and run pulumi up",
  });
