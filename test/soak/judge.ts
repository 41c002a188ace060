import type { Answered } from "./controller";
import type { Damage } from "./faults/fault";
import type { Step } from "./steps";
import { foreignChanges, isEqual, ourChanges, oursAt, type View } from "./view";

export type Kind = "lost" | "wrong" | "misreported";
export interface Failing {
  readonly kind: Kind;
  readonly text: string;
}

export type Outcome = "applied" | "reverted" | "differs" | "unknown" | "unchanged" | "unreported";

export function outcomeOf({ reply }: Answered): Outcome {
  if (reply === undefined) return "unreported";
  if (reply.failed === undefined) return "applied";
  return endings.find(([, name]) => name.test(reply.failed?.message ?? ""))?.[0] ?? "unchanged";
}

/** A person sees the message: its words decide. */
const endings: readonly [Outcome, RegExp][] = [
  ["reverted", /reverted \(verified\)/],
  ["differs", /reverted, but differs: \S/],
  ["unknown", /unknown: host not reachable since \S+Z; (its guard fires at \S+Z|nothing guards it): /],
];

export interface Case {
  readonly before: View;
  readonly after: View;
  readonly steps: readonly Step[];
  readonly answers: readonly Answered[];
  readonly damage: Damage;
  /** performance.now() when the fault was healed. */
  readonly healedAt: number;
}

/** Where each resource stands: as before, as wanted, both (nothing was to be done) or neither. */
export interface Truth {
  readonly before: boolean;
  readonly after: boolean;
}

const survives = ({ gone, rebooted }: Damage, entries: readonly string[]): readonly string[] =>
  rebooted === true ? [] : gone === undefined ? entries : entries.filter((entry) => !gone(entry));

export function truthOf({ before, after, damage }: Pick<Case, "before" | "after" | "damage">, step: Step): Truth {
  const keys = [...step.after.keys()];
  const is = (key: string, wanted: readonly string[]): boolean => isEqual(oursAt(after, key), wanted);
  const wanted = (key: string): readonly string[] => step.after.get(key) ?? [];
  return {
    // What the damage took may have been made again.
    before: keys.every((key) => is(key, survives(damage, oursAt(before, key))) || is(key, oursAt(before, key))),
    after: keys.every((key) => is(key, survives(damage, wanted(key)))) || keys.every((key) => is(key, wanted(key))),
  };
}

/** A host may have come back this long before a report says that it did not: the last dial was under way. */
const dialTime = 12_000;

/** Is the state one of the two that are allowed, and does each report say which? */
export function judge(one: Case): Failing[] {
  const { before, after, steps, answers, damage } = one;
  const failings: Failing[] = [];
  const fail = (kind: Kind, text: string): void => void failings.push({ kind, text });
  const touched = new Set(steps.flatMap((step) => [...step.after.keys()]));
  for (const key of ourChanges(before, after))
    if (!touched.has(key) && !isEqual(oursAt(after, key), survives(damage, oursAt(before, key))))
      fail("wrong", `${key} was not in any change: was ${print(before, key)}, is ${print(after, key)}`);
  for (const key of foreignChanges(before, after))
    fail("wrong", `${key} is not ours: was ${before.get(key)?.join("; ") ?? "nothing"}, is ${after.get(key)?.join("; ") ?? "nothing"}`);
  for (const [index, step] of steps.entries()) {
    const answered = answers[index];
    if (answered === undefined) continue;
    const truth = truthOf(one, step);
    const name = [...step.after.keys()].join(" and ");
    if (!truth.before && !truth.after) {
      const keys = [...step.after].map(
        ([key, wanted]) => `${key}: was ${print(before, key)}, wanted ${wanted.join("; ") || "nothing"}, is ${print(after, key)}`,
      );
      fail("wrong", keys.join(", "));
    }
    const problem = reportProblem(one, step, answered, truth);
    if (problem !== undefined) fail("misreported", `${name}: ${problem}: ${answered.reply?.failed?.message ?? outcomeOf(answered)}`);
  }
  return failings;
}

function reportProblem({ before, after, healedAt, damage }: Case, step: Step, answered: Answered, truth: Truth): string | undefined {
  const message = answered.reply?.failed?.message ?? "";
  const isIn = (key: string): boolean => message.includes(`${key}: was `);
  const outcome = outcomeOf(answered);
  // Where the life cycle depends on it, the error says the same to the engine.
  const told = answered.reply?.failed?.outcome;
  if (told !== undefined && told !== outcome) return `${told} to the engine, and another word to the person`;
  switch (outcome) {
    case "unreported":
      return undefined;
    case "applied":
      return truth.after ? undefined : "said to be applied, and it is not";
    case "reverted":
      // What a reboot or a removed device took is not as it was before, and that must be said.
      return [...step.after.keys()].every((key) => isEqual(oursAt(after, key), oursAt(before, key)))
        ? undefined
        : "said to be as before, and it is not";
    case "differs": {
      const changed = ourChanges(before, after);
      const unsaid = changed.filter((key) => step.after.has(key) && !isIn(key));
      if (unsaid.length > 0) return `does not say that ${unsaid.join(", ")} differs`;
      return changed.some(isIn) || damage.gone !== undefined ? undefined : "said to differ, and it does not";
    }
    case "unknown":
      return answered.at > healedAt + dialTime ? "the host could be reached" : undefined;
    case "unchanged":
      return truth.before ? undefined : "said to be unchanged, and it is not";
  }
}

const print = (view: View, key: string): string => oursAt(view, key).join("; ") || "nothing";
