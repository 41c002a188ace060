import type { ErrorParts } from "../errors";
import type { Scope } from "../kernel/compare";
import type { Look } from "./look";
import type { Observation } from "./observe";

/** What is known about a transaction that was sent to a host. */
export interface Transaction {
  readonly txn: string;
  readonly holder: string;
  readonly before: Observation;
  readonly look: Look;
  readonly scope: Scope;
  /** Undefined where nothing of the kernel changes, or a person disabled it. `armedAt` is by performance.now(): no clock step moves it. */
  readonly guard: { readonly seconds: number; readonly armedAt: number } | undefined;
  /** For the audit line on the host. */
  readonly summary: string;
}

/** Milliseconds until the guard fires, as far as it can be told from here; negative once it should have. */
export const firesIn = ({ guard }: Transaction): number | undefined =>
  guard === undefined ? undefined : guard.armedAt + guard.seconds * 1000 - performance.now();

/** The same for a person. */
export function firesAt(transaction: Transaction): Date | undefined {
  const left = firesIn(transaction);
  return left === undefined ? undefined : new Date(Date.now() + left);
}

/** Why a change is not kept, and what to do. */
export type Reason = Readonly<Pick<ErrorParts, "topic" | "what" | "next">>;

/** Where it was the change itself that took so long; undefined where so much of the guard's time, in milliseconds, was left. */
export function tookTooLong({ guard }: Transaction, left = 0, why = ""): Reason | undefined {
  if (guard === undefined) return undefined;
  const took = performance.now() - guard.armedAt;
  if (took < guard.seconds * 1000 - left) return undefined;
  return {
    topic: "too-slow",
    what: `the change took longer than guard.confirmTimeout (${guard.seconds} s)${why}`,
    next: `raise guard.confirmTimeout: it took ${(took / 1000).toFixed(1)} s`,
  };
}
