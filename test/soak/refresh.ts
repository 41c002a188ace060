import { z } from "zod";
import { type Declaration, declarationOf } from "./declaration";
import type { Failing } from "./judge";
import type { Call, Fields } from "./protocol";
import type { Site } from "./site";
import { type Held, type Stack, shownOf } from "./stack";
import type { Standing } from "./standing";
import { at, isEqual, type View } from "./view";
import { tags } from "./words";

/** What the engine knows after a refresh, and whether what was read is so. */
export async function refresh(site: Site, stack: Stack, look: () => Promise<readonly [View, Standing]>): Promise<Failing[]> {
  const held = [...stack.state.values()];
  // Without a guard, the first who comes undoes: somebody must come, also when there is nothing to read.
  const calls = [...held.map(readOf), nobody(site, stack)];
  const answers = await stack.controller.run(calls);
  const [view, standing] = await look();
  const failings: Failing[] = [];
  const fail = (text: string): void => void failings.push({ kind: "misreported", text });
  const other = answers.at(-1)?.reply;
  if (other?.ok === undefined) fail(`nothing can be read: ${other?.failed?.message ?? "no answer"}`);
  for (const [index, old] of held.entries()) {
    const { name, declaration } = old.resource;
    const { ok, failed } = answers[index]?.reply ?? {};
    if (ok === undefined) {
      fail(`${name} cannot be read: ${failed?.message ?? "no answer"}`);
      stack.state.set(name, { ...old, isRight: false });
      continue;
    }
    const seen = ok.inputs === undefined ? undefined : declarationOf(declaration.kind, withoutCommon(ok.inputs), tagIn(ok.inputs));
    const isOnlyOnDisk = ok.inputs?.["persist"] === "none";
    for (const text of problemsOf(old, seen, view, standing, isOnlyOnDisk)) fail(`${name} is read wrongly: ${text}`);
    if (seen === undefined || ok.state === undefined) stack.state.delete(name);
    else
      stack.state.set(name, {
        ...old,
        state: ok.state,
        isRight: old.isRight && isAsDeclared(declaration, seen) && ok.inputs?.["persist"] === site.persist,
      });
  }
  return failings;
}

const readOf = ({ resource: { declaration }, id, state }: Held): Call => ({ method: "read", kind: declaration.kind, id, state });

const nobody = (site: Site, { name }: Stack): Call => ({
  method: "read",
  kind: "PolicyRule",
  id: "nobody",
  state: { connection: site.connection("first"), owner: { stack: name }, family: "inet", priority: 1, table: 100 },
});

/** What is told as there is there, or would be after a boot; what is not told is not there in its name. */
function problemsOf(
  { resource, id }: Held,
  seen: Declaration | undefined,
  view: View,
  { register, names, store }: Standing,
  isOnlyOnDisk: boolean,
): string[] {
  const told = seen === undefined ? new Map<string, string>() : shownOf({ ...resource, declaration: seen });
  // A resource of one entry tells one: where what is persisted came back beside what a change left half-way, that is the one to go.
  const tellsOne = resource.declaration.kind !== "HostRouting" && told.size > 0;
  const mine = (slot: string): boolean => (register.get(slot) ?? names.get(slot)) === id;
  return [...new Set([...told.keys(), ...shownOf(resource).keys()])].flatMap((slot) => {
    const text = told.get(slot);
    const is = at(view, slot);
    if (isOnlyOnDisk && is.length === 0 && store.get(slot)?.id === id) return [];
    if (text !== undefined) return isEqual(is, [text]) ? [] : [`${slot} as ${text}, and there is ${is.join("; ") || "nothing"}`];
    return is.length > 0 && mine(slot) && !tellsOne && !slot.startsWith("sysctl ")
      ? [`${slot} as gone, and there is ${is.join("; ")}`]
      : [];
  });
}

const isAsDeclared = ({ shown }: Declaration, seen: Declaration): boolean =>
  shown.size === seen.shown.size && [...shown].every(([slot, text]) => seen.shown.get(slot) === text);

/** What was undone may stand under the tag of before, and is told so. */
const tagIn = ({ owner }: Fields): number => z.object({ proto: z.number().default(tags.first) }).parse(owner).proto;

const common = ["connection", "owner", "guard", "adopt", "persist", "coexist"];
const withoutCommon = (inputs: Fields): Fields => Object.fromEntries(Object.entries(inputs).filter(([name]) => !common.includes(name)));
