import { withParts } from "../observed/kinds";
import type { State } from "../observed/state";
import type { Plan } from "./change";

/** The state once a plan has come true: what the next plan would observe, found without making the first. */
export function stateAfter(state: State, plan: Plan): State {
  const entries = new Map(state.register.entries);
  for (const { at, entry } of plan.register)
    if (entry === undefined) entries.delete(at);
    else entries.set(at, entry);
  const register = { entries, lines: state.register.lines + plan.register.length };
  return withParts({ ...state, register }, ({ after }) => after(state, plan));
}
