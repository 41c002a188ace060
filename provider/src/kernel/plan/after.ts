import { networkOf, proposed } from "../lookup/network";
import type { ObservedName, State } from "../observed/state";
import { describe } from "../route/route";
import { afterWrite } from "../sysctl/spread";
import type { Plan } from "./change";
import type { TableNameStep } from "./step";

/** The state once a plan has come true: what the next plan would observe, found without making the first. */
export function stateAfter(state: State, { becomes, register, steps }: Plan): State {
  const { rules, routes, nexthops = [] } = proposed({ ...networkOf(state), nexthops: state.nexthops }, becomes);
  const keys = new Set(becomes.map(({ key }) => key));
  const users = becomes.flatMap(({ key, routes: now }) =>
    now.flatMap(({ route, protocol }) => (route.nhid === undefined ? [] : [{ nhid: route.nhid, protocol, key, text: describe(route) }])),
  );
  const entries = new Map(state.register.entries);
  for (const { at, entry } of register)
    if (entry === undefined) entries.delete(at);
    else entries.set(at, entry);
  return {
    rules,
    routes,
    nexthops,
    nexthopUsers: [...state.nexthopUsers.filter(({ key }) => !keys.has(key)), ...users],
    names: steps.reduce((names, step) => (step.on === "tableName" ? named(names, step) : names), state.names),
    sysctls: steps.reduce((sysctls, step) => (step.on === "setting" ? afterWrite(sysctls, step) : sysctls), state.sysctls),
    register: { entries, lines: state.register.lines + register.length },
    ...(state.uplinks === undefined ? {} : { uplinks: state.uplinks }),
  };
}

/** The file of ours for a table's name, written or erased. */
function named(names: readonly ObservedName[], { tableId, written }: TableNameStep): readonly ObservedName[] {
  const others = names.filter((one) => one.owner === undefined || one.tableId !== tableId);
  return written === undefined ? others : [...others, { file: "", tableId, ...written }];
}
