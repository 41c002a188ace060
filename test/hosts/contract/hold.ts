import { until } from "../../lab/until";
import type { Declared } from "../declared";
import type { Trial } from "../trial";
import { Refused, Untrue } from "../untrue";
import type { Step } from "./step";

/** A whole host of one rule that harms nobody, held for so many seconds before it is confirmed. */
const held = ({ profile }: Trial, table: number, hold: number): Declared => ({
  kind: "HostRouting",
  fields: { rules: { one: { priority: 907, from: "198.51.100.9", table } }, guard: { ...profile.guard, hold } },
  shows: [`rule 4 907: from 198.51.100.9 lookup ${table} proto ${profile.owner ?? 214}`],
});

export const hold: Step = {
  name: "hold",
  promise: "a change that is held is confirmed at the end; one of which somebody takes away meanwhile is undone, and told as reverted",
  run: async (trial) => {
    const { subject } = trial;
    await trial.up({ held: held(trial, 100, 1) });
    let told: { error: unknown } | undefined;
    const telling = trial.up({ held: held(trial, 101, 900) }).then(
      () => undefined,
      (error: unknown) => {
        told = { error };
        return error;
      },
    );
    const stands = async (): Promise<boolean> => (await subject.ip("-4 rule show pref 907")).some((line) => line.includes("lookup 101"));
    const came = await until("the change to stand", async () => (await stands()) || (told === undefined ? undefined : false), 200_000, 100);
    if (!came) throw told?.error;
    await subject.batch(["rule del pref 907 from 198.51.100.9 lookup 101"]);
    const error = await telling;
    if (!(error instanceof Refused)) throw error ?? new Untrue("a change of which a rule was taken away is told as applied");
    if (error.outcome !== "reverted") throw new Untrue(`told as ${error.outcome}: ${error.message}`);
    await trial.settled();
    await trial.remove(["held"]);
  },
};
