import { backends } from "../declaration/persist";
import { parseRegisterKey } from "../declaration/registerKey";
import type { State } from "../kernel/observed/state";
import { adviceOn, parseNeighbours } from "../kernel/persist/neighbours";
import type { Persistence, Wish } from "../kernel/persist/persistence";
import { needsAfter, persistAsFound, persistedText, type StorePlan } from "../kernel/persist/store";
import { parseObjects, printObject, type StoredObject } from "../kernel/persist/stored";
import type { Change } from "../kernel/plan/change";
import { replay } from "./scripts";
import { type Answer, section, sectionAfter } from "./wire/answer";
import { call } from "./wire/frames";

/** What sh/persist.sh says of a host. */
export function parsePersistence(answer: Answer): Persistence {
  const text = section(answer, "persistence") ?? "";
  const words = (name: string): string[] => [...text.matchAll(new RegExp(`^${name} (.+)$`, "gm"))].flatMap(([, word]) => word ?? []);
  const [auto] = words("auto");
  const [script] = words("script");
  const [elsewhere] = words("elsewhere");
  const failure = sectionAfter(answer, "unpersisted")?.text.split("\n")[0];
  return {
    auto: backends.find((backend) => backend === auto),
    ...(elsewhere === undefined ? {} : { elsewhere: elsewhere === "own" ? "own" : "unknown" }),
    script,
    disabled: /^disabled$/m.test(text),
    inPlace: new Set(words("backend")),
    fought: new Set(words("fought")),
    neighbours: parseNeighbours(section(answer, "neighbours") ?? ""),
    objects: parseObjects(section(answer, "stored") ?? ""),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Nothing is to be written for it. */
export const isStored = ({ written, removed, repair }: StorePlan): boolean => written.length + removed.length === 0 && !repair;

/** The text that persists what these plans say and tells what is there then; undefined when nothing is to be done. */
export function persistText(
  planned: readonly { readonly store: StorePlan }[],
  seen: { readonly persistence: Persistence },
): string | undefined {
  const plans = planned.map(({ store }) => store);
  if (plans.every(isStored)) return undefined;
  const needs = needsAfter(plans, seen.persistence);
  return [
    ...(needs.length > 0 && seen.persistence.script !== replay.version ? [call("write_script", [replay.text], "END_OF_SCRIPT")] : []),
    call(
      ["persist", ...needs].join(" "),
      plans.flatMap(({ written, removed }) => [...written.map(printObject), ...removed]),
    ),
    "persistence",
    "neighbours",
  ].join("\n");
}

/** What a person should hear about others on the host, now that something is changed there. */
export const adviceFor = (wish: Wish | undefined, { neighbours, auto }: Persistence): string[] =>
  adviceOn(neighbours, wish?.coexist, (wish?.persist ?? auto) === "systemd");

/** `persist` and `persisted` as a refresh finds them. */
export function persistFound(change: Change, wish: Wish, seen: Persistence, state: State) {
  return {
    persist: persistAsFound(change, wish, seen, replay.version),
    persisted: persistedText(change, wish, seen, replay.version, state),
  };
}

/** Keys at which something is persisted that was not: only what was confirmed is ever written. */
export function persistedSince({ objects: before }: Persistence, { objects: now }: Persistence, keys: ReadonlySet<string>): string[] {
  const isNew = (one: StoredObject): boolean =>
    before.get(one.file)?.lines.join("\n") !== one.lines.join("\n") || before.get(one.file)?.id !== one.id;
  return [...now.values()].filter(isNew).flatMap((one) => {
    const { key } = parseRegisterKey(one.key);
    return keys.has(key) ? [key] : [];
  });
}
