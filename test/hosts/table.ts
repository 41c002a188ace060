import { markdownTable } from "markdown-table";
import { contract } from "./contract/index";
import { stepNames } from "./contract/step";
import type { Profile } from "./profile";
import type { Report, Result } from "./run";

const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** For the terminal: each step of each profile with its seconds, and below it every reason. */
export function reportTable(reports: readonly Report[]): string {
  const steps = stepNames.filter((step) => reports.some(({ results }) => results.some((one) => one.step === step)));
  const cell = (result: Result | undefined): string =>
    result === undefined || result.sort === "not here" ? "-" : `${words[result.sort]} ${result.seconds.toFixed(0)}`;
  const table = markdownTable([
    ["profile", ...steps, "seconds"],
    ...reports.map(({ profile, results, seconds }) => [
      profile.name,
      ...steps.map((step) => cell(results.find((one) => one.step === step))),
      seconds.toFixed(0),
    ]),
  ]);
  return [table, "", ...reports.flatMap(reasonsOf)].join("\n");
}

/** A line for each reason, with the steps that it holds for. */
function reasonsOf({ profile, results }: Report): string[] {
  const steps = new Map<string, string[]>();
  for (const { step, sort, text } of results.filter((one) => one.sort !== "ok"))
    steps.set(`${words[sort]} ${text}`, [...(steps.get(`${words[sort]} ${text}`) ?? []), step]);
  return [...steps].map(([reason, ones]) => `${profile.name}: ${ones.join(", ")}: ${reason}`);
}

const words: Readonly<Record<Result["sort"], string>> = { ok: "ok", refused: "refused", "not here": "-", failed: "FAILED" };

/** What the last recorded run saw of a profile, by step: `ok`, `-`, or the words of the refusal. */
export type Held = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const heldOf = ({ results }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(
    results.map(({ step, sort, text }) => [step, sort === "ok" ? "ok" : sort === "not here" ? "-" : `${words[sort]}: ${text}`]),
  );

/** For the docs: nothing in it changes from run to run. */
export function profilesTable(profiles: readonly Profile[]): string {
  return markdownTable([["host", "why it is strange"], ...profiles.map(({ name, why }) => [name, why].map(escaped))], {
    alignDelimiters: false,
  });
}

export const contractTable = (): string =>
  markdownTable([["step", "what must hold"], ...contract.map(({ name, promise }) => [name, promise].map(escaped))], {
    alignDelimiters: false,
  });

export function heldTable(profiles: readonly Profile[], held: Held): string {
  return markdownTable(
    [
      ["host", ...stepNames],
      ...profiles.map(({ name }) => [name, ...stepNames.map((step) => held[name]?.[step] ?? "not run yet")].map(escaped)),
    ],
    { alignDelimiters: false },
  );
}
