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
  /** Undefined where nothing of the kernel changes, or a person disabled it. */
  readonly guard: { readonly seconds: number; readonly armedAt: number } | undefined;
  /** For the audit line on the host. */
  readonly summary: string;
}

/** When the guard fires, as far as it can be told from here. */
export const firesAt = ({ guard }: Transaction): Date | undefined =>
  guard === undefined ? undefined : new Date(guard.armedAt + guard.seconds * 1000);
