import { outcomeOf } from "./judge";
import type { Site } from "./site";
import { describe, keep, runSteps, stepsOf } from "./steps";

/** Nothing is in its way, so it need not be short. */
const seconds = 20;

/** The engine's next run: makes the host as all programs say. Returns what it could not do, and tells what it did. */
export async function nextRun(site: Site, story: string[] = []): Promise<string[]> {
  const problems: string[] = [];
  for (const stack of site.stacks) {
    const steps = stepsOf(site, stack, { seconds });
    if (steps.length === 0) continue;
    story.push(...steps.map((step) => `next run: ${describe(step)}`));
    for (const report of await runSteps(stack, steps)) {
      keep(report);
      const { step, answered } = report;
      if (answered !== undefined && outcomeOf(answered) === "applied") continue;
      problems.push(`the next run does not make it right: ${describe(step)}: ${answered?.reply?.failed?.message ?? "not asked for"}`);
    }
  }
  return problems;
}
