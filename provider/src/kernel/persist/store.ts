import { isDeepStrictEqual } from "node:util";
import type { Tags } from "../../declaration/owner";
import { type Backend, backends, type Persist } from "../../declaration/persist";
import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import type { State } from "../observed/state";
import type { Change, Wanted } from "../plan/change";
import type { ChangePlan } from "../plan/plan";
import type { RegisterLine } from "../plan/register";
import { backendOf, checkElsewhere, type Persistence, type Wish, whyNothing } from "./persistence";
import { fileOf, type StoredObject, storedLines } from "./stored";

/** What one change needs of the store. */
export interface StorePlan {
  readonly written: readonly StoredObject[];
  /** Files. */
  readonly removed: readonly string[];
  /** The files are right, but the script or what calls it is not. */
  readonly repair: boolean;
}

function objectOf(wanted: Wanted, { id, stack, tags, adopt }: Change, needs: readonly string[]): StoredObject | undefined {
  const steps = wanted.stored(tags);
  if ("otherwise" in steps) return undefined;
  const key = registerKey(wanted.key, tags.owner);
  return {
    file: fileOf(wanted.stage, key),
    key,
    id,
    stack,
    needs,
    owner: tags.owner,
    ...((wanted.adopt ?? adopt) === false ? {} : { adopts: true }),
    ...storedLines(steps),
  };
}

function objectsOf(change: Change, wish: Wish, seen: Persistence): StoredObject[] {
  if (change.owners !== undefined) return objectsFor(change.owners, change);
  const backend = backendOf(wish, seen);
  if (backend === undefined) return [];
  const needs = wish.coexist === "configure" && seen.neighbours.networkd !== undefined ? [backend, "networkd"] : [backend];
  return change.wanted.flatMap((wanted) => objectOf(wanted, change, needs) ?? []);
}

/** What was persisted for others, word for word. */
const objectsFor = (owners: NonNullable<Change["owners"]>, { tags }: Change): StoredObject[] =>
  [...owners].flatMap(([key, owner]) =>
    owner?.stored === undefined ? [] : [{ ...owner.stored, key, id: owner.id, stack: owner.stack, owner: tags.owner }],
  );

const isWorking = (needs: readonly string[], seen: Persistence, script: string): boolean =>
  seen.script === script && needs.every((need) => seen.inPlace.has(need));

/** Before the rules, as in the kernel: a displaced rule stands before the one that took its place. */
const displacedStage = 39;

const displacedFile = (at: string, { owner }: Tags): string => fileOf(displacedStage, registerKey(parseRegisterKey(at).key, owner, true));

/**
 * What waits displaced for its owner's own change keeps its owner, its needs and its words: what was declared is known on the disk alone, and
 * what stands may differ.
 */
function displaced({ register, change: { wanted, tags } }: ChangePlan, seen: Persistence): StoredObject[] {
  return wanted.flatMap(({ stage, key }) => {
    const waiting = registerKey(key, tags.owner, true);
    const stored = seen.objects.get(fileOf(stage, registerKey(key, tags.owner)));
    if (stored === undefined || !register.some(({ at, entry }) => at === waiting && entry !== undefined)) return [];
    const { oldFile: _old, ...rest } = stored;
    const lines = stored.lines.map((line) => line.replace(/ proto [0-9]+$/, ` proto ${tags.staging}`));
    return [{ ...rest, file: displacedFile(key, tags), key: waiting, owner: tags.staging, lines }];
  });
}

/** The keys that it lets go of; one that an older version wrote without its tag says nothing of the default tag's object. */
const keysLetGo = (register: readonly RegisterLine[], { tags }: Change): string[] =>
  register.flatMap(({ at, entry }) => {
    const { key, owner, staging } = parseRegisterKey(at);
    return entry === undefined && (owner !== undefined || at === registerKey(key, tags.owner, staging)) ? [at] : [];
  });

/**
 * What makes the store say what the change wants, and forget what its id no longer wants and what it lets go of for others. `script` is the
 * version that should be there.
 */
export function storePlan(plan: ChangePlan, wish: Wish, seen: Persistence, script: string): StorePlan {
  const { change } = plan;
  checkElsewhere(change, wish, seen);
  const wanted = objectsOf(change, wish, seen);
  const objects = [...wanted, ...displaced(plan, seen)];
  const files = new Set(objects.map(({ file }) => file));
  const keys = new Set([
    ...change.wanted.map(({ key }) => registerKey(key, change.tags.owner)),
    ...keysLetGo(plan.register, change),
    ...(change.owners?.keys() ?? []),
  ]);
  const stored = [...seen.objects.values()];
  const stale = stored.filter(({ file, id, key }) => !files.has(file) && (id === change.id || keys.has(key)));
  const changed = objects.filter((one) => !isDeepStrictEqual(one, seen.objects.get(one.file)));
  const written = new Set(changed.map(({ file }) => file));
  // Of another tag, in a file whose name is now ours.
  const moved = stored.filter(
    (one) => one.oldFile !== undefined && written.has(one.oldFile) && !written.has(one.file) && !stale.includes(one),
  );
  const gone = [
    ...stale.flatMap(({ file, oldFile }) => (oldFile === undefined ? [file] : [oldFile, file])),
    ...changed.flatMap(({ file }) => seen.objects.get(file)?.oldFile ?? []),
  ].filter((file) => !written.has(file));
  return {
    written: [...changed, ...moved],
    removed: gone,
    repair: wanted.some(({ needs }) => !isWorking(needs, seen, script)),
  };
}

/** What is to be in place once these plans are done: what some object needs. */
export function needsAfter(plans: readonly StorePlan[], seen: Persistence): string[] {
  const after = new Map([...seen.objects.values()].map(({ file, oldFile, needs }) => [oldFile ?? file, needs]));
  for (const { written, removed } of plans) {
    for (const { file, needs } of written) after.set(file, needs);
    for (const file of removed) after.delete(file);
  }
  return [...new Set([...after.values()].flat())].sort();
}

/** What is persisted in the name of this change and no longer wanted: it would be there again after a boot. */
export function leftovers(change: Change, wish: Wish, seen: Persistence): StoredObject[] {
  const wanted = new Set(objectsOf(change, wish, seen).flatMap(({ file, key }) => [file, displacedFile(key, change.tags)]));
  return [...seen.objects.values()].filter(({ file, id }) => id === change.id && !wanted.has(file));
}

/** Why what is wanted would not be put back as it is; undefined when it would. */
function problemOf(change: Change, wish: Wish, seen: Persistence, script: string): string | undefined {
  for (const one of objectsOf(change, wish, seen)) {
    const waiting = seen.objects.get(displacedFile(one.key, change.tags));
    if (waiting?.id === one.id) continue;
    const stored = seen.objects.get(one.file);
    if (stored === undefined || stored.id !== one.id) return seen.failure ?? "it runs, but is not persisted";
    if (!isDeepStrictEqual(stored.lines, one.lines)) return seen.failure ?? `what is persisted differs: ${stored.lines.join("; ")}`;
    if (!isDeepStrictEqual(stored.needs, one.needs) || !isWorking(one.needs, seen, script))
      return seen.failure ?? `${one.needs.join(" or ")} is not set up on the host as it should be`;
  }
  const [left] = leftovers(change, wish, seen);
  return left === undefined
    ? undefined
    : (seen.failure ?? `${left.oldFile ?? left.file} is still there: a boot would bring back what is gone`);
}

/** For the output `persisted`: the backend that puts it back, `none`, or `no: ` and why not; and what an entry that follows a device waits for. */
export function persistedText(change: Change, wish: Wish, seen: Persistence, script: string, state: State): string {
  const text = putBackText(change, wish, seen, script);
  const waiting = new Set(change.wanted.flatMap((one) => one.pending?.(state) ?? []));
  return waiting.size === 0 ? text : `${text}; pending: ${[...waiting].join(", ")}`;
}

function putBackText(change: Change, wish: Wish, seen: Persistence, script: string): string {
  // For others, by whatever put theirs back before.
  const backend =
    change.owners === undefined ? backendOf(wish, seen) : objectsFor(change.owners, change).flatMap((one) => neededBy(one) ?? [])[0];
  const [other] = change.wanted.flatMap((wanted) => {
    const steps = wanted.stored(change.tags);
    return "otherwise" in steps ? [steps.otherwise] : [];
  });
  const problem = problemOf(change, wish, seen, script);
  if (wish.persist === "none") return problem === undefined ? "none" : `no: ${problem}`;
  if (other !== undefined && change.wanted.length === 1) return other;
  const nothing = change.owners === undefined ? whyNothing(wish, seen) : undefined;
  if (nothing !== undefined || backend === undefined) return `no: ${nothing}`;
  if (problem !== undefined) return `no: ${problem}`;
  if (change.wanted.some(({ key }) => seen.fought.has(registerKey(key, change.tags.owner))))
    return `${backend}, but something on the host removes it again and again`;
  return backend !== "systemd" && change.wanted.some(({ follows }) => follows !== undefined) ? `${backend}: ${seldom[backend]}` : backend;
}

/** When a device is followed without the service that looks at every event. */
const seldom = { ifupdown: "followed only when an interface comes up", "rc-local": "followed only at a boot" } as const;

const neededBy = (left: StoredObject | undefined): Backend | undefined => backends.find((backend) => left?.needs.includes(backend));

/** `persist` as a refresh finds it: as declared while it is so; else what is there, so that the next `up` shows it and repairs it. */
export function persistAsFound(change: Change, wish: Wish, seen: Persistence, script: string): Persist | undefined {
  if (wish.persist === "none") return neededBy(leftovers(change, wish, seen)[0]) ?? "none";
  const outdated = seen.script === undefined ? script : seen.script; // an older script still does its work
  return seen.disabled || problemOf(change, wish, seen, outdated) === undefined ? wish.persist : "none";
}
