import type { Change } from "../kernel/change";
import { backendsAfter, type Persistence, parseObjects, persistAsFound, persistedText, type StorePlan } from "../kernel/store";
import { backends, type Persist } from "../spec/persist";
import { type Answer, section, sectionAfter } from "./answer";
import { call } from "./frames";
import { replay } from "./scripts";

/** What sh/persist.sh says of a host. */
export function parsePersistence(answer: Answer): Persistence {
  const text = section(answer, "persistence") ?? "";
  const words = (name: string): string[] => [...text.matchAll(new RegExp(`^${name} (.+)$`, "gm"))].flatMap(([, word]) => word ?? []);
  const [auto] = words("auto");
  const [script] = words("script");
  const failure = sectionAfter(answer, "unpersisted")?.text.split("\n")[0];
  return {
    auto: backends.find((backend) => backend === auto),
    script,
    disabled: /^disabled$/m.test(text),
    inPlace: new Set(words("backend")),
    fought: new Set(words("fought")),
    objects: parseObjects(section(answer, "stored") ?? ""),
    ...(failure === undefined ? {} : { failure }),
  };
}

const isIdle = ({ lines, repair }: StorePlan): boolean => lines.length === 0 && !repair;

/** The text that persists what these plans say and tells what is there then; undefined when nothing is to be done. */
export function persistText(
  planned: readonly { readonly store: StorePlan }[],
  seen: { readonly persistence: Persistence },
): string | undefined {
  const plans = planned.map(({ store }) => store);
  if (plans.every(isIdle)) return undefined;
  const callers = backendsAfter(plans, seen.persistence);
  return [
    ...(callers.length > 0 && seen.persistence.script !== replay.version ? [call("write_script", [replay.text], "END_OF_SCRIPT")] : []),
    call(
      ["persist", ...callers].join(" "),
      plans.flatMap(({ lines }) => lines),
    ),
    "persistence",
  ].join("\n");
}

/** `persist` and `persisted` as a refresh finds them. */
export function persistFound(change: Change, persist: Persist | undefined, seen: Persistence) {
  return {
    persist: persistAsFound(change, persist, seen, replay.version),
    persisted: persistedText(change, persist, seen, replay.version),
  };
}
