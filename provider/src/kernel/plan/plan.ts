import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";
import { observedKindOf, observedKinds, ownersInFiles } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Uplinks } from "../observed/uplinks";
import { asIfOwn, inTheirNames } from "./actsFor";
import { conflictOf } from "./adoption";
import type { Becomes, Change, Mandate, Note, Plan, Take, Unwanted, Wait } from "./change";
import { isUnnamed, titlesAt } from "./ownership";
import { keysOf, type RegisterLine } from "./register";
import type { Step } from "./step";

/** What one change does to a host as it was observed. */
export interface ChangePlan extends Plan {
  readonly change: Change;
  /** Keys that it gives up: nothing of ours may remain there afterwards. */
  readonly unwanted: readonly Unwanted[];
  /** Where it belongs among the changes of one transaction. */
  readonly order: number;
  /** What devices had when it was made. */
  readonly uplinks?: Uplinks;
}

function unwantedOf(key: string, state: State, mandate: Mandate): Unwanted {
  const found = observedKindOf(key)?.unwanted(key, state, mandate);
  if (found === undefined)
    throw new PolicyRoutingError("protocol", {
      topic: "newer-version",
      what: `the register on the host holds a key that this version does not know: ${key}`,
      next: "update pulumi-policy-routing: a newer version wrote it",
    });
  return found;
}

/** What is left to wait for once `becomes` has come true; undefined when nothing is. */
function remaining({ keys, ...wait }: Wait, becomes: readonly Becomes[]): Wait | undefined {
  const left = keys.filter((key) => !becomes.some((one) => one.key === key && !wait.isStill(one)));
  return left.length === 0 ? undefined : { ...wait, keys: left };
}

/** A change for others is planned as if all of it were its own, so that nothing waits displaced, and then told in their names. */
export function plan(change: Change, state: State): ChangePlan {
  if (change.owners === undefined) return planOwn(change, state);
  return inTheirNames(planOwn(change, asIfOwn(change, change.owners, state)), change, change.owners, state);
}

/** Wanted objects first, in the order of their stages; then what the same owner holds and wants no more, in the other order. */
function planOwn(change: Change, state: State): ChangePlan {
  const whole = emptyWhole();
  const conflicts: PolicyRoutingError[] = [];
  const wanted = [...change.wanted].sort((a, b) => a.stage - b.stage);
  for (const [index, one] of wanted.entries()) {
    if (one.stage !== wanted[index - 1]?.stage) endStage(whole);
    try {
      append(whole, one.ensure(state, change));
    } catch (error) {
      if (!isPolicyRoutingError(error) || error.kind !== "conflict") throw error;
      conflicts.push(error);
    }
  }
  const conflict = conflictOf(conflicts);
  if (conflict !== undefined) throw conflict;
  endStage(whole);
  const kept = new Set(whole.keys);
  const inFiles = ownersInFiles(state).flatMap(([key, { id }]) => (id === change.id ? [key] : []));
  const unwanted = [...keysHeld(change, state), ...inFiles]
    .filter((at) => !kept.has(parseRegisterKey(at).key))
    .map((at) => ({ ...unwantedOf(at, state, change), at }))
    .sort((a, b) => b.stage - a.stage);
  for (const { at, remove } of unwanted) append(whole, change.instead?.get(at)?.remove(state, at) ?? remove(state, change));
  endStage(whole);
  const { phases: _phases, undos, waits, ...rest } = whole;
  const [wait] = waits;
  return {
    change,
    unwanted,
    order: wanted[0]?.stage ?? 1000 - (unwanted[0]?.stage ?? 0),
    ...(state.uplinks === undefined ? {} : { uplinks: state.uplinks }),
    ...rest,
    undo: undos.reverse().flat(),
    ...(wait === undefined ? {} : { wait: { ...wait, keys: waits.flatMap(({ keys }) => keys) } }),
  };
}

/** Grows object by object: thousands of plans kept beside each other cost more than the planning. */
interface Whole {
  readonly keys: string[];
  readonly steps: Step[];
  /** Of the stage that is being planned. */
  readonly phases: Readonly<Record<"prepare" | "steps" | "finish", Step[]>>;
  readonly undos: (readonly Step[])[];
  readonly register: RegisterLine[];
  readonly becomes: Becomes[];
  readonly notes: Note[];
  readonly takes: Take[];
  readonly waits: Wait[];
}
const emptyWhole = (): Whole => ({
  keys: [],
  steps: [],
  phases: { prepare: [], steps: [], finish: [] },
  undos: [],
  register: [],
  becomes: [],
  notes: [],
  takes: [],
  waits: [],
});

function append(whole: Whole, { keys, prepare = [], steps, finish = [], undo, register, becomes, notes, takes = [], wait }: Plan): void {
  const left = wait === undefined ? undefined : remaining(wait, whole.becomes);
  if (left !== undefined) whole.waits.push(left);
  whole.keys.push(...keys);
  whole.phases.prepare.push(...prepare);
  whole.phases.steps.push(...steps);
  whole.phases.finish.push(...finish);
  whole.undos.push(undo);
  whole.register.push(...register);
  whole.becomes.push(...becomes);
  whole.notes.push(...notes);
  whole.takes.push(...takes);
}

function endStage({ steps, phases }: Whole): void {
  for (const phase of [phases.prepare, phases.steps, phases.finish]) for (const step of phase.splice(0)) steps.push(step);
}

/** The register's keys of what a change may have to remove: what is its id's, and strays where it answers for these. */
export const keysHeld = (change: Change, state: State): string[] => [...keysOf(state.register, change.id), ...strays(change, state)];

/** The register's keys of what carries our tags and is in nobody's name, where the change answers for such. */
export function strays({ tags, exclusive }: Pick<Change, "tags" | "exclusive">, state: State): string[] {
  if (exclusive !== true) return [];
  const { register } = state;
  const keys = observedKinds.flatMap(({ seen, tagsAt = () => [], isExchanged = false }) =>
    seen(state).flatMap(({ key, protocol }) => {
      const isStaged = isExchanged && protocol === tags.staging;
      if (protocol === undefined || (protocol !== tags.owner && !isStaged)) return [];
      // An older version said no tag: its line may mean any.
      const isNamed =
        (!isStaged && register.entries.has(key)) || !isUnnamed(titlesAt(register, key, tagsAt(state, key), { id: "", tags }), protocol);
      return isNamed ? [] : [registerKey(key, tags.owner, isStaged)];
    }),
  );
  return [...new Set(keys)];
}

/** What is not as a change wants it. */
export interface Deviation {
  /** Of the object. */
  readonly key: string;
  readonly text: string;
}

/** Empty when all is as the change wants it. */
export function deviations({ change, unwanted, uplinks }: ChangePlan, state: State): Deviation[] {
  const missing = change.wanted.flatMap((wanted) => {
    const problem = wanted.missing(state, change.tags, uplinks);
    return problem === undefined ? [] : [{ key: wanted.key, text: `${wanted.label} ${problem}` }];
  });
  const left = unwanted.flatMap(({ key, remains }) => {
    const found = remains(state);
    return found === undefined ? [] : [{ key: parseRegisterKey(key).key, text: `${key} should be gone, but ${found} is there` }];
  });
  const ungiven = [...(change.instead ?? [])].flatMap(([at, { missing: lacks }]) => {
    const text = lacks(state);
    return text === undefined ? [] : [{ key: parseRegisterKey(at).key, text }];
  });
  return [...missing, ...left, ...ungiven];
}

/** What undoes a step: all of it at the entry's key, right after any prefix of the steps. */
export const undoOf = ({ undo }: Plan, { key }: Step): readonly Step[] => undo.filter((one) => one.key === key);

/** True when the kernel and the files stay as they are: nothing to guard. */
export const isEmpty = ({ steps }: Plan): boolean => steps.length === 0;
