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
  const wanted = [...change.wanted].sort((a, b) => a.stage - b.stage).map((one) => ({ stage: one.stage, ...one.ensure(state, change) }));
  const kept = new Set(wanted.flatMap(({ keys }) => keys));
  const unwanted = [...keysOf(state.register, change.id), ...keysOfNames(state, change.id), ...strays(change, state)]
    .filter((key) => !kept.has(key) && !kept.has(key.replace(/ staging$/, "")))
    .map((key) => unwantedOf(key, state))
    .sort((a, b) => b.stage - a.stage);
  const removed = unwanted.map((gone) => gone.remove(state, change));
  const parts: readonly Plan[] = [...wanted, ...removed];
  const stages = [...new Set(wanted.map(({ stage }) => stage))].map((stage) => wanted.filter((one) => one.stage === stage));
  const [first] = change.wanted;
  const waits = parts.flatMap(({ wait }, index) => {
    const left =
      wait === undefined
        ? undefined
        : remaining(
            wait,
            parts.slice(0, index).flatMap(({ becomes }) => becomes),
          );
    return left === undefined ? [] : [left];
  });
  const [wait] = waits;
  return {
    change,
    unwanted,
    order: first === undefined ? 1000 - (unwanted[0]?.stage ?? 0) : Math.min(...change.wanted.map(({ stage }) => stage)),
    keys: parts.flatMap(({ keys }) => keys),
    steps: [...stages, removed].flatMap(inPhases),
    undo: parts.toReversed().flatMap(({ undo }) => undo),
    register: parts.flatMap(({ register }) => register),
    becomes: parts.flatMap(({ becomes }) => becomes),
    notes: parts.flatMap(({ notes }) => notes),
    ...(wait === undefined ? {} : { wait: { ...wait, keys: waits.flatMap(({ keys }) => keys) } }),
  };
}

const inPhases = (parts: readonly Plan[]): Step[] => [
  ...parts.flatMap(({ prepare = [] }) => prepare),
  ...parts.flatMap(({ steps }) => steps),
  ...parts.flatMap(({ finish = [] }) => finish),
];

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
