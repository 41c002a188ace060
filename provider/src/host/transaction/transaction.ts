import type { ErrorParts } from "../../errors";
import type { Look } from "../../kernel/observed/look";
import type { Scope } from "../../kernel/plan/compare";
import type { Observation } from "../reading/observe";
import { type Answer, sectionAfter } from "../wire/answer";

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

export const runStopped: Reason = { topic: "stopped", what: "the run was stopped before it was confirmed", next: "run it again" };

/** Where it was the change itself that took so long; undefined where so much of the guard's time, in milliseconds, was left. */
export function tookTooLong(transaction: Transaction, answer: Answer, left = 0, why = ""): Reason | undefined {
  const { guard } = transaction;
  if (guard === undefined) return undefined;
  const now = performance.now();
  const took = now - guard.armedAt;
  if (took < guard.seconds * 1000 - left) return undefined;
  return (
    (why === "" ? heldUp(transaction, answer, now) : undefined) ?? {
      topic: "too-slow",
      what: `the change took longer than guard.confirmTimeout (${guard.seconds} s)${why}`,
      next: `raise guard.confirmTimeout: it took ${(took / 1000).toFixed(1)} s`,
    }
  );
}

/** The host counts in whole seconds, at both ends. */
const rounding = 2;

/** Where the host was done in time, and its answer came much later: by then its guard had given the connection back. */
export function heldUp({ guard }: Pick<Transaction, "guard">, answer: Answer, came: number): Reason | undefined {
  if (guard === undefined) return undefined;
  const [fires = Number.NaN, ended = Number.NaN] = ["armed", "time"].map((name) => Number(sectionAfter(answer, name)?.rest));
  const took = (came - guard.armedAt) / 1000;
  // Where the host said nothing of it, this is false.
  if (!(took - (ended - (fires - guard.seconds)) >= rounding)) return undefined;
  return {
    topic: "cut-off",
    what: `the change was made in time, but the answer came only after ${took.toFixed(1)} s, with a guard of ${guard.seconds} s: it seems to cut this connection off`,
    next: "look where answers to your own address go with the change; on a slow network raise guard.confirmTimeout",
  };
}
