import type { Plan, Step } from "./change";
import { networkOf, proposed } from "./lookup/network";
import { ownLine, parseRegister } from "./register";
import { describe } from "./route";
import type { ObservedName, State } from "./state";

/** The state once a plan has come true: what the next plan would observe, found without making the first. */
export function stateAfter(state: State, { becomes, register, steps }: Plan): State {
  const { rules, routes, nexthops = [] } = proposed({ ...networkOf(state), nexthops: state.nexthops }, becomes);
  const keys = new Set(becomes.map(({ key }) => key));
  const users = becomes.flatMap(({ key, routes: now }) =>
    now.flatMap(({ route, protocol }) => (route.nhid === undefined ? [] : [{ nhid: route.nhid, protocol, key, text: describe(route) }])),
  );
  const journal = [...[...state.register.entries].map(([key, entry]) => ownLine(key, entry)), ...register];
  return {
    rules,
    routes,
    nexthops,
    nexthopUsers: [...state.nexthopUsers.filter(({ key }) => !keys.has(key)), ...users],
    names: steps.reduce(named, state.names),
    sysctls: new Map([...state.sysctls, ...steps.flatMap(settingOf)]),
    register: parseRegister(journal.join("\n")),
  };
}

/** The file of ours for a table's name, written or erased. */
function named(names: readonly ObservedName[], step: Step): readonly ObservedName[] {
  const [, verb, tableId, name = "", id = "", stack = ""] = /^t (write|erase) ([0-9]+)(?: (\S+) (\S+) (\S+))?$/.exec(step) ?? [];
  if (verb === undefined) return names;
  const others = names.filter((one) => one.owner === undefined || one.tableId !== Number(tableId));
  return verb === "erase" ? others : [...others, { file: "", tableId: Number(tableId), name, owner: { id, stack } }];
}

function settingOf(step: Step): [string, number][] {
  const [, key, value] = /^s (\S+ \S+) ([0-9]+)$/.exec(step) ?? [];
  return key === undefined ? [] : [[`sysctl ${key}`, Number(value)]];
}
