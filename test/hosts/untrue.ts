import type { Outcome } from "../soak/judge";
import { differences } from "./view";

/** The product said that it did not do it. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly outcome: Outcome,
  ) {
    super(message);
  }
}

/** What was said or left is not what is on the host. */
export class Untrue extends Error {}

/** Fails where the host is not as it must be. */
export function compare(what: string, wanted: readonly string[], there: readonly string[]): void {
  const differ = differences(wanted, there);
  if (differ.length > 0)
    throw new Untrue(`${what}: ${differ.slice(0, 8).join("; ")}${differ.length > 8 ? ` and ${differ.length - 8} more` : ""}`);
}
