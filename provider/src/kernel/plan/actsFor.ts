import { tableKey } from "../../declaration/key";
import { isSameStack } from "../../declaration/owner";
import type { ObservedName, State } from "../observed/state";
import type { Change, Plan } from "./change";
import type { Entry, RegisterLine } from "./register";
import { type Step, tableName } from "./step";

type Owners = NonNullable<Change["owners"]>;

/** What is there, as if whoever acts for the owners owned it. What another stack owns stays theirs. */
export function asIfOwn({ id, stack, remembered }: Change, owners: Owners, state: State): State {
  const entries = new Map(state.register.entries);
  for (const at of owners.keys()) {
    const now = entries.get(at);
    if (now !== undefined && isSameStack(now.stack, stack)) entries.set(at, inName({ id, stack }, remembered?.get(at) ?? now.more));
  }
  const isTheirs = (one: ObservedName): boolean =>
    one.owner !== undefined && isSameStack(one.owner.stack, stack) && owners.has(tableKey(one.tableId));
  const names = state.names.map((one) => (isTheirs(one) ? { ...one, owner: { id, stack } } : one));
  return { ...state, names, register: { ...state.register, entries } };
}

/** The plan of whoever acts for them, told in the owners' names: lines of the register, files of names, and what undoes these. */
export function inTheirNames<Own extends Plan>(plan: Own, { remembered }: Change, owners: Owners, state: State): Own {
  const handed = handedOn(plan, owners, state);
  return {
    ...plan,
    register: linesOf(plan, remembered, owners, state),
    steps: [...handed.map(({ step }) => step), ...plan.steps.map((step) => named(step, owners.get(step.key)))],
    undo: [...plan.undo.map((step) => named(step, nameOwner(step.key, state))), ...handed.map(({ undo }) => undo)],
  };
}

/** Names that stay as they are, and are another one's afterwards: their files hold whose they are. */
function handedOn({ steps }: Plan, owners: Owners, { names }: State): { step: Step; undo: Step }[] {
  const written = new Set(steps.map(({ key }) => key));
  return names.flatMap(({ tableId, name, owner: from }) => {
    const key = tableKey(tableId);
    const to = owners.get(key);
    if (from === undefined || to === undefined || written.has(key) || from.id === to.id) return [];
    return [{ step: tableName(tableId, { name, owner: inName(to, undefined) }), undo: tableName(tableId, { name, owner: from }) }];
  });
}

function linesOf({ register }: Plan, remembered: Change["remembered"], owners: Owners, state: State): RegisterLine[] {
  const now = state.register.entries;
  const said = register.flatMap(({ at, entry }): RegisterLine[] => {
    const owner = owners.get(at);
    if (entry === undefined) return now.has(at) ? [{ at }] : [];
    return [{ at, entry: owner === undefined ? entry : inName(owner, entry.more) }];
  });
  const keys = new Set(said.map(({ at }) => at));
  const renamed = [...owners].flatMap(([at, owner]): RegisterLine[] => {
    const entry = now.get(at);
    const more = remembered?.get(at) ?? entry?.more;
    if (owner === undefined || entry === undefined || keys.has(at) || (entry.id === owner.id && entry.more === more)) return [];
    return [{ at, entry: inName(owner, more) }];
  });
  return [...said, ...renamed];
}

const inName = ({ id, stack }: Pick<Entry, "id" | "stack">, more: string | undefined): Entry => ({
  id,
  stack,
  ...(more === undefined ? {} : { more }),
});

const nameOwner = (key: string, { names }: State): Entry | undefined =>
  names.find(({ tableId, owner }) => owner !== undefined && tableKey(tableId) === key)?.owner;

/** The file of a table's name holds its owner. */
function named(step: Step, owner: Pick<Entry, "id" | "stack"> | undefined): Step {
  if (step.on !== "tableName" || step.written === undefined || owner === undefined) return step;
  return { ...step, written: { ...step.written, owner: inName(owner, undefined) } };
}
