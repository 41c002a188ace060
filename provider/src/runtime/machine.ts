import type { Facts } from "../host/reading/facts";

/**
 * Whether two addresses lead to one machine, by what both say of themselves now: never by what a state remembers. `unknown` is for keeping,
 * never for removing.
 */
export type Sameness = "same" | "other" | "unknown";

type Place = Pick<Facts, "bootId" | "netns" | "machineId">;

/**
 * A boot id is one running kernel's, and a network namespace has its own rules and routes: both equal are one place. A machine-id is copied with
 * an image, so an equal one says nothing; a different one says that they are two.
 */
export function sameness(a: Place, b: Place): Sameness {
  const boot = compare(a.bootId, b.bootId);
  if (boot === "same") return a.netns === b.netns ? "same" : compare(a.netns, b.netns);
  if (boot === "other") return "other";
  return compare(a.machineId, b.machineId) === "other" ? "other" : "unknown";
}

const compare = (a: string, b: string): Sameness => (a === "" || b === "" ? "unknown" : a === b ? "same" : "other");
