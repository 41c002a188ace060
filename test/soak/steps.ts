import type { Answered } from "./controller";
import type { Call, Fields } from "./protocol";
import type { Site } from "./site";
import { type Held, type Resource, type Stack, shownOf } from "./stack";
import { tags } from "./words";

/** One resource's change: the call, and what stands at its slots afterwards. */
export interface Step {
  readonly stack: Stack;
  readonly name: string;
  readonly call: Call;
  readonly was: Resource | undefined;
  readonly wanted: Resource | undefined;
  readonly after: ReadonlyMap<string, readonly string[]>;
  readonly phase: number;
  /** What its program lets go of before, and declares again behind it. */
  readonly again?: readonly Resource[];
}

/** What was answered to a step; undefined when it was not asked for, since one that comes before it failed. */
export interface Report {
  readonly step: Step;
  readonly answered: Answered | undefined;
}

/** What all resources of a run say about their change. */
export interface Terms {
  readonly seconds: number;
  readonly cuts?: boolean;
  readonly probes?: readonly Fields[];
}

const common = (
  site: Site,
  stack: Stack,
  { declaration: { tag }, door, also, hold }: Resource,
  { seconds, cuts, probes }: Terms,
): Fields => ({
  ...also,
  connection: site.connection(door),
  owner: { stack: stack.name, ...(tag === tags.first ? {} : { proto: tag }) },
  guard: {
    confirmTimeout: seconds,
    ...(cuts === true ? { allowManagementPathChange: true } : {}),
    ...(probes === undefined ? {} : { probes }),
    ...(hold === undefined ? {} : { hold }),
  },
  ...(site.persist === undefined ? {} : { persist: site.persist }),
});

/** What `up` would do now: what the program says, against what the engine knows. */
export function stepsOf(site: Site, stack: Stack, terms: Terms): Step[] {
  const { program, state } = stack;
  const made = [...program.values()].flatMap((resource) => {
    const held = state.get(resource.name);
    if (held?.isRight === true && held.resource === resource) return [];
    const { kind, fields: entry } = resource.declaration;
    const fields = { ...entry, ...common(site, stack, resource, terms) };
    const call: Call =
      held === undefined ? { method: "create", kind, fields } : { method: "update", kind, id: held.id, state: held.state, fields };
    return [stepOf(site, stack, call, held?.resource, resource)];
  });
  const gone = [...state.values()]
    .filter(({ resource }) => !program.has(resource.name))
    .map((held: Held) => {
      const call: Call = { method: "delete", kind: held.resource.declaration.kind, id: held.id, state: held.state };
      return stepOf(site, stack, call, held.resource, undefined);
    });
  return [...made, ...gone];
}

function stepOf(site: Site, stack: Stack, call: Call, was: Resource | undefined, wanted: Resource | undefined): Step {
  const slots = (resource: Resource | undefined): [string, string][] => (resource === undefined ? [] : [...shownOf(resource)]);
  return {
    stack,
    name: wanted?.name ?? was?.name ?? "",
    call,
    was,
    wanted,
    after: new Map([
      ...(wanted?.sweeps ?? []).map((slot): [string, readonly string[]] => [slot, []]),
      ...slots(was).map(([slot]): [string, readonly string[]] => [slot, site.absent(slot)]),
      ...slots(wanted).map(([slot, text]): [string, readonly string[]] => [slot, [text]]),
    ]),
    phase: phaseOf(wanted, was),
  };
}

/** As the engine orders them: an object before the groups and routes that go by it, and behind them when it goes. */
function phaseOf(wanted: Resource | undefined, was: Resource | undefined): number {
  const rank = ({ declaration: { kind, fields } }: Resource): number => (kind !== "NextHop" ? 2 : fields["group"] === undefined ? 0 : 1);
  if (wanted !== undefined) return rank(wanted);
  return was === undefined ? 2 : 4 - rank(was);
}

/** Runs the steps, side by side where none needs another. */
export async function runSteps(stack: Stack, steps: readonly Step[]): Promise<Report[]> {
  const reports = new Map<Step, Answered>();
  for (const phase of [...new Set(steps.map((step) => step.phase))].sort((a, b) => a - b)) {
    const now = steps.filter((step) => step.phase === phase);
    const answers = await stack.controller.run(now.map(({ call }) => call));
    for (const [index, step] of now.entries()) {
      const answered = answers[index];
      if (answered !== undefined) reports.set(step, answered);
    }
    if (answers.some(({ reply }) => reply?.ok === undefined)) break;
  }
  return steps.map((step) => ({ step, answered: reports.get(step) }));
}

/** What the engine does with one report. */
export function keep({ step: { stack, name, call, was, wanted }, answered }: Report): void {
  const { ok, failed } = answered?.reply ?? {};
  if (call.method === "delete") {
    if (ok !== undefined) stack.state.delete(name);
    return;
  }
  const resource = wanted ?? was;
  if (resource === undefined) return;
  if (ok?.id !== undefined && ok.state !== undefined) stack.state.set(name, { resource, id: ok.id, state: ok.state, isRight: true });
  else if (failed?.kept !== undefined) stack.state.set(name, { resource, ...failed.kept, isRight: false });
}

export function describe({ name, call, after, wanted }: Step): string {
  const slots = [...after.keys()];
  const where = `${slots.slice(0, 4).join(", ")}${slots.length > 4 ? ` and ${slots.length - 4} more` : ""}`;
  const what = JSON.stringify(wanted === undefined ? {} : { ...wanted.declaration.fields, ...wanted.also });
  return `${call.method} ${name} (${where}): ${what.length > 600 ? `${what.slice(0, 600)}...` : what}`;
}
