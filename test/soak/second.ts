import type { Answered } from "./controller";
import { priorities, randomPriority, randomRule } from "./entries";
import { type Failing, outcomeOf } from "./judge";
import { type Site, stacks } from "./site";
import { creation, type Step, type Terms } from "./steps";

/** A change of another stack's controller. */
export const secondStep = (site: Site, terms: Terms): Step =>
  creation(site, randomRule(site.random, "inet", randomPriority(site.random, priorities.second)), terms, stacks.second);

/** Takes away what the other stack made, by its own controller. */
export async function undoSecond(site: Site, steps: readonly Step[], answers: readonly Answered[], failings: Failing[]): Promise<void> {
  const made = answers
    .filter(({ call }) => steps.some((step) => step.call === call))
    .flatMap(({ call, reply }) => (reply?.ok?.id === undefined ? [] : [{ call, ok: reply.ok, id: reply.ok.id }]));
  if (made.length === 0) return;
  const gone = await site.second.run(
    made.map(({ call, id, ok }) => ({ method: "delete" as const, kind: call.kind, id, state: ok.state ?? {} })),
  );
  for (const answered of gone)
    if (outcomeOf(answered) !== "applied")
      failings.push({
        kind: "misreported",
        text: `the other stack cannot remove its rule: ${answered.reply?.failed?.message ?? "no answer"}`,
      });
}
