import { isDeepStrictEqual } from "node:util";
import { PolicyRoutingError } from "../errors";
import type { Coexist } from "../spec/coexist";
import { parseRegisterKey, registerKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { type Backend, backends, type Persist } from "../spec/persist";
import type { Change, Wanted } from "./change";
import type { Neighbours } from "./neighbours";
import type { ChangePlan } from "./plan";
import { fileOf, printLine, type StoredObject } from "./stored";

/** What a resource says about it. */
export interface Wish {
  readonly persist?: Persist | undefined;
  readonly coexist?: Coexist | undefined;
}

/** What of a host's policy routing survives a reboot, and what puts it back. */
export interface Persistence {
  /** What `auto` means on this host; undefined where nothing that runs there would call the script. */
  readonly auto: Backend | undefined;
  /** The login is in a network namespace of its own, or that cannot be told: what puts back acts in PID 1's. */
  readonly elsewhere?: "own" | "unknown";
  /** The version of the script on the host. */
  readonly script: string | undefined;
  /** Somebody on the host stopped it all by `replay --disable`. */
  readonly disabled: boolean;
  readonly inPlace: ReadonlySet<string>;
  /** Keys that the monitor leaves alone because something removes them again and again. */
  readonly fought: ReadonlySet<string>;
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly neighbours: Neighbours;
  /** Why the last writing failed. */
  readonly failure?: string;
}

/** What one change needs of the store. */
export interface StorePlan {
  /** Files to write: `FILE<tab>CHANNEL<tab>...<tab>LINE`; to remove: `FILE`. */
  readonly lines: readonly string[];
  /** The files are right, but the script or what calls it is not. */
  readonly repair: boolean;
}

const backendOf = ({ persist }: Wish, { auto }: Persistence): Backend | undefined =>
  persist === undefined || persist === "auto" ? auto : persist === "none" ? undefined : persist;

function objectOf(wanted: Wanted, { id, stack, tags }: Change, needs: string): StoredObject | undefined {
  const step = wanted.stored(tags);
  if (typeof step !== "string") return undefined;
  const key = registerKey(wanted.key, tags.owner);
  return {
    file: fileOf(wanted.stage, key),
    channel: step.slice(0, 1),
    key,
    id,
    stack,
    needs,
    owner: tags.owner,
    line: step.slice(2),
  };
}

function objectsOf(change: Change, wish: Wish, seen: Persistence): StoredObject[] {
  const backend = backendOf(wish, seen);
  if (backend === undefined) return [];
  const needs = wish.coexist === "configure" && seen.neighbours.networkd !== undefined ? `${backend},networkd` : backend;
  return change.wanted.flatMap((wanted) => objectOf(wanted, change, needs) ?? []);
}

const isWorking = (needs: string, seen: Persistence, script: string): boolean =>
  seen.script === script && needs.split(",").every((need) => seen.inPlace.has(need));

/** Before the rules, as in the kernel: a displaced rule stands before the one that took its place. */
const displacedStage = 39;

const displacedFile = (at: string, { owner }: Tags): string => fileOf(displacedStage, registerKey(parseRegisterKey(at).key, owner, true));

/** What waits displaced for its owner's own change keeps its owner, and its needs. */
function displaced({ register, change: { wanted, tags } }: ChangePlan, seen: Persistence): StoredObject[] {
  return wanted.flatMap(({ stage, key }) => {
    const waiting = registerKey(key, tags.owner, true);
    const stored = seen.objects.get(fileOf(stage, registerKey(key, tags.owner)));
    if (stored === undefined || !register.some((line) => line.startsWith(`${waiting}\t`))) return [];
    const { oldFile: _old, ...rest } = stored;
    const line = stored.line.replace(/ proto [0-9]+$/, ` proto ${tags.staging}`);
    return [{ ...rest, file: displacedFile(key, tags), key: waiting, owner: tags.staging, line }];
  });
}

/** Why nothing can be persisted from where the login is; undefined where it can. */
const whyElsewhere = ({ elsewhere }: Persistence): string | undefined =>
  elsewhere === undefined
    ? undefined
    : elsewhere === "own"
      ? "the login is in a network namespace of its own, and what puts back after a reboot acts in PID 1's"
      : "it cannot be told whether the login is in the network namespace of PID 1, in which what puts back after a reboot acts";

/** Refuses, before anything is changed, a backend that would act in another network namespace than the resource. */
function checkElsewhere({ wanted }: Change, { persist }: Wish, seen: Persistence): void {
  const reason = whyElsewhere(seen);
  if (reason === undefined || wanted.length === 0 || persist === undefined || persist === "auto" || persist === "none") return;
  throw new PolicyRoutingError("unsupported", {
    topic: "persist-elsewhere",
    what: `persist: "${persist}" cannot be had here: ${reason}`,
    next: 'set persist: "none" or leave it out, or log in where the network namespace is that of PID 1',
  });
}

/** A line of the register that is but a key lets go of it; one that an older version wrote without its tag says nothing of the default tag's object. */
const isLetGo =
  ({ tags }: Change) =>
  (line: string): boolean => {
    const { key, owner, staging } = parseRegisterKey(line);
    return !line.includes("\t") && (owner !== undefined || line === registerKey(key, tags.owner, staging));
  };

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
  const keys = new Set([...change.wanted.map(({ key }) => registerKey(key, change.tags.owner)), ...plan.register.filter(isLetGo(change))]);
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
    lines: [...[...changed, ...moved].map(printLine), ...gone],
    repair: wanted.some(({ needs }) => !isWorking(needs, seen, script)),
  };
}

/** What is to be in place once these plans are done: what some object needs. */
export function needsAfter(plans: readonly StorePlan[], seen: Persistence): string[] {
  const after = new Map([...seen.objects.values()].map(({ file, oldFile, needs }) => [oldFile ?? file, needs]));
  for (const line of plans.flatMap(({ lines }) => lines)) {
    const [file = "", , , , , needs] = line.split("\t");
    if (needs === undefined) after.delete(file);
    else after.set(file, needs);
  }
  return [...new Set([...after.values()].flatMap((needs) => needs.split(",")))].sort();
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
    if (stored.line !== one.line) return seen.failure ?? `what is persisted differs: ${stored.line}`;
    if (stored.needs !== one.needs || !isWorking(one.needs, seen, script))
      return seen.failure ?? `${one.needs.replace(",", " or ")} is not set up on the host as it should be`;
  }
  const [left] = leftovers(change, wish, seen);
  return left === undefined
    ? undefined
    : (seen.failure ?? `${left.oldFile ?? left.file} is still there: a boot would bring back what is gone`);
}

/** For the output `persisted`: the backend that puts it back, `none`, or `no: ` and why not. */
export function persistedText(change: Change, wish: Wish, seen: Persistence, script: string): string {
  const backend = backendOf(wish, seen);
  const [other] = change.wanted.flatMap((wanted) => {
    const step = wanted.stored(change.tags);
    return typeof step === "string" ? [] : [step.otherwise];
  });
  const problem = problemOf(change, wish, seen, script);
  if (wish.persist === "none") return problem === undefined ? "none" : `no: ${problem}`;
  if (other !== undefined && change.wanted.length === 1) return other;
  const elsewhere = whyElsewhere(seen);
  if (elsewhere !== undefined) return `no: ${elsewhere}`;
  if (backend === undefined) return "no: auto found nothing that runs on the host and would put it back (systemd, ifupdown, rc.local)";
  if (seen.disabled) return "no: disabled on the host, by replay --disable";
  if (problem !== undefined) return `no: ${problem}`;
  return change.wanted.some(({ key }) => seen.fought.has(registerKey(key, change.tags.owner)))
    ? `${backend}, but something on the host removes it again and again`
    : backend;
}

const neededBy = (left: StoredObject | undefined): Backend | undefined =>
  backends.find((backend) => left?.needs.split(",").includes(backend));

/** `persist` as a refresh finds it: as declared while it is so; else what is there, so that the next `up` shows it and repairs it. */
export function persistAsFound(change: Change, wish: Wish, seen: Persistence, script: string): Persist | undefined {
  if (wish.persist === "none") return neededBy(leftovers(change, wish, seen)[0]) ?? "none";
  const outdated = seen.script === undefined ? script : seen.script; // an older script still does its work
  return seen.disabled || problemOf(change, wish, seen, outdated) === undefined ? wish.persist : "none";
}
