import type { Trial } from "../trial";

/** The contract, in the order in which it runs; `create` and `destroy` are the frame of all others. */
export const stepNames = [
  "create",
  "names",
  "ipv6",
  "update",
  "rollback",
  "hold",
  "rename",
  "address",
  "machine",
  "cut-off",
  "killed",
  "replay",
  "drift",
  "adopt",
  "destroy",
] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  readonly name: StepName;
  /** What must hold on every host, in one sentence. */
  readonly promise: string;
  run(trial: Trial): Promise<void>;
}

/** What a step throws where it has nothing to do: printed, and no failure. */
export class NotHere extends Error {}
