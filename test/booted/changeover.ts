// The table "manager x step" of docs/guides/take-over-a-host.md: what the booted tests saw of each change-over.
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { z } from "zod";
import { Recorded } from "./recorded";

const stepSchema = z.object({
  manager: z.string(),
  step: z.string(),
  suite: z.string(),
  /** Packets of a flow of 100 a second, where they were counted. */
  sent: z.number().optional(),
  lost: z.number().optional(),
  /** What was seen behind it. */
  done: z.string(),
});
type Step = z.infer<typeof stepSchema>;

const noted: Step[] = [];
export const changeovers = new Recorded(join(__dirname, "changeover.json"), stepSchema, ({ manager, step, suite }) => [
  manager,
  step,
  suite,
]);

/** What is recorded goes to the guide. */
export function noteStep(one: Step): void {
  noted.push(one);
  changeovers.note(one);
}

export const printSteps = (): string => (noted.length === 0 ? "" : stepsTable(noted));

const cell = (one: Step | undefined): string =>
  one === undefined ? "" : one.sent === undefined ? "seen" : `${one.lost} of ${one.sent} lost`;

/** A line a step, a column a release. */
export function stepsTable(all: readonly Step[]): string {
  const known = ["bullseye", "bookworm", "trixie"];
  const shown = known.filter((suite) => all.some((one) => one.suite === suite));
  const lines = new Map(all.map(({ manager, step, done }) => [`${manager}\t${step}`, { manager, step, done }]));
  return markdownTable(
    [
      ["who", "step", "what was seen", ...shown],
      ...[...lines.values()].map(({ manager, step, done }) => [
        manager,
        step,
        done,
        ...shown.map((suite) => cell(all.find((one) => one.manager === manager && one.step === step && one.suite === suite))),
      ]),
    ],
    { alignDelimiters: false },
  );
}
