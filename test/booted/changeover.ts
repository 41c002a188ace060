// The table "manager x step" of docs/guides/take-over-a-host.md: what the booted tests saw of each change-over.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { z } from "zod";

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
const file = join(__dirname, "changeover.json");

/** With POLICY_ROUTING_RECORD=1 it goes to the guide as well, where it takes the place of what was seen earlier of the same. */
export function noteStep(one: Step): void {
  noted.push(one);
  if (process.env["POLICY_ROUTING_RECORD"] !== "1") return;
  const named = ({ manager, step, suite }: Step): string => [manager, step, suite].join("\t");
  const all = existsSync(file) ? readSteps(readFileSync(file, "utf8")) : [];
  const at = all.findIndex((other) => named(other) === named(one));
  all.splice(at < 0 ? all.length : at, at < 0 ? 0 : 1, one);
  writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}

export const printSteps = (): string => (noted.length === 0 ? "" : stepsTable(noted));

/** What POLICY_ROUTING_RECORD=1 wrote. */
export const readSteps = (text: string): Step[] => z.array(stepSchema).parse(JSON.parse(text));

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
