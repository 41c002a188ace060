import { PolicyRoutingError } from "../errors";
import { nexthopKey, routeKey, ruleKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import type { Becomes, Change, Plan, Step, Unwanted, Wait } from "./change";
import { keysOfNames, unwantedName } from "./name";
import { unwantedNexthop } from "./nexthop";
import { keysOf } from "./register";
import { unwantedRoute } from "./route";
import { stagingKey, unwantedRule } from "./rule";
import type { State } from "./state";
import { unwantedSysctl } from "./sysctl";

/** What one change does to a host as it was observed. */
export interface ChangePlan extends Plan {
  readonly change: Change;
  /** Keys that it gives up: nothing of ours may remain there afterwards. */
  readonly unwanted: readonly Unwanted[];
  /** Where it belongs among the changes of one transaction. */
  readonly order: number;
}

function unwantedOf(key: string, state: State): Unwanted {
  const found =
    unwantedRule(key) ?? unwantedRoute(key, state) ?? unwantedNexthop(key, state) ?? unwantedSysctl(key, state) ?? unwantedName(key);
  if (found === undefined)
    throw new PolicyRoutingError("protocol", {
      what: `the register on the host holds a key that this version does not know: ${key}`,
      next: "update pulumi-policy-routing: a newer version wrote it",
    });
  return found;
}

/** What is left to wait for once `becomes` has come true; undefined when nothing is. */
function remaining({ nhid, keys, otherwise }: Wait, becomes: readonly Becomes[]): Wait | undefined {
  const goesBy = ({ routes, nexthops = [] }: Becomes): boolean =>
    routes.some(({ route }) => route.nhid === nhid) ||
    nexthops.some(({ nexthop }) => nexthop.group?.some((member) => member.nhid === nhid) === true);
  const left = keys.filter((key) => !becomes.some((one) => one.key === key && !goesBy(one)));
  return left.length === 0 ? undefined : { nhid, keys: left, otherwise };
}

/** Wanted objects first, in the order of their stages; then what the same owner holds and wants no more, in the other order. */
export function plan(change: Change, state: State): ChangePlan {
  const whole = emptyWhole();
  const wanted = [...change.wanted].sort((a, b) => a.stage - b.stage);
  for (const [index, one] of wanted.entries()) {
    if (one.stage !== wanted[index - 1]?.stage) endStage(whole);
    append(whole, one.ensure(state, change));
  }
  endStage(whole);
  const kept = new Set(whole.keys);
  const unwanted = [...keysOf(state.register, change.id), ...keysOfNames(state, change.id), ...strays(change, state)]
    .filter((key) => !kept.has(key) && !kept.has(key.replace(/ staging$/, "")))
    .map((key) => unwantedOf(key, state))
    .sort((a, b) => b.stage - a.stage);
  for (const gone of unwanted) append(whole, gone.remove(state, change));
  endStage(whole);
  const { phases: _phases, undos, waits, ...rest } = whole;
  const [wait] = waits;
  return {
    change,
    unwanted,
    order: wanted[0]?.stage ?? 1000 - (unwanted[0]?.stage ?? 0),
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
  readonly register: string[];
  readonly becomes: Becomes[];
  readonly notes: string[];
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
  waits: [],
});

function append(whole: Whole, { keys, prepare = [], steps, finish = [], undo, register, becomes, notes, wait }: Plan): void {
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
}

function endStage({ steps, phases }: Whole): void {
  for (const phase of [phases.prepare, phases.steps, phases.finish]) for (const step of phase.splice(0)) steps.push(step);
}

/** Keys of what carries our tags and is in nobody's name, where the change answers for such. */
export function strays({ tags, exclusive }: Pick<Change, "tags" | "exclusive">, { rules, routes, nexthops, register }: State): string[] {
  if (exclusive !== true) return [];
  const keys = [
    ...rules.flatMap(({ rule, protocol }) =>
      protocol === tags.owner ? [ruleKey(rule)] : protocol === tags.staging ? [stagingKey(ruleKey(rule))] : [],
    ),
    ...routes.flatMap(({ route, protocol }) => (protocol === tags.owner ? [routeKey(route)] : [])),
    ...nexthops.flatMap(({ nexthop, protocol }) => (protocol === tags.owner ? [nexthopKey(nexthop.nhid)] : [])),
  ];
  return [...new Set(keys)].filter((key) => !register.entries.has(key));
}

/** What is not as the change wants it; empty when it is. */
export function deviations({ change, unwanted }: ChangePlan, state: State): string[] {
  const tags: Tags = change.tags;
  const missing = change.wanted.flatMap((wanted) => {
    const problem = wanted.missing(state, tags);
    return problem === undefined ? [] : [`${wanted.label} ${problem}`];
  });
  const left = unwanted.flatMap(({ key, remains }) => {
    const found = remains(state, tags);
    return found === undefined ? [] : [`${key} should be gone, but ${found} is there`];
  });
  return [...missing, ...left];
}

/** True when the kernel and the files stay as they are: nothing to guard. */
export const isEmpty = ({ steps }: Plan): boolean => steps.length === 0;
