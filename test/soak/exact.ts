import { until } from "../lab/until";
import type { Site } from "./site";
import { shownOf } from "./stack";
import { type Standing, standingOf } from "./standing";
import { at, differences, type View, viewOf } from "./view";

/** A service that puts back what is missing may be at it. */
const patience = 20_000;

/** Waits, where something may still come, until the host is exactly as all programs declare it; else says how it differs. */
export async function differencesFromDeclared(site: Site): Promise<string[]> {
  let found: string[] = [];
  const look = async (): Promise<true | undefined> => {
    found = problemsOf(site, await site.view(), await standingOf(site.host), await foreignOf(site));
    return found.length === 0 ? true : undefined;
  };
  await until("the host to be as declared", look, site.traits.has("monitor") ? patience : 0, 200).catch(() => {});
  return found;
}

async function foreignOf(site: Site): Promise<readonly string[]> {
  if (!site.usesSpare) return site.foreign;
  return [...site.foreign, ...(await viewOf(site.spare.host)).foreign.map((line) => `spare: ${line}`)];
}

function problemsOf(site: Site, view: View, standing: Standing, foreign: readonly string[]): string[] {
  const declared = new Map<string, { text: string; id: string | undefined }>();
  for (const stack of site.stacks)
    for (const resource of stack.resources)
      for (const [slot, text] of shownOf(resource)) declared.set(slot, { text, id: stack.state.get(resource.name)?.id });
  const problems: string[] = [];
  for (const slot of new Set([...view.ours.keys(), ...declared.keys()])) {
    const wanted = declared.get(slot)?.text;
    const is = at(view, slot).join("; ");
    const must = wanted ?? site.absent(slot).join("; ");
    if (is !== must) problems.push(`${slot} is ${is || "nothing"}, and must be ${must || "nothing"}`);
  }
  problems.push(...differences(foreign, view.foreign).map((text) => `what is not ours: ${text}`));
  problems.push(...ownerProblems(site, declared, standing));
  if (site.traits.has("persist")) problems.push(...storeProblems(site, declared, standing));
  else if (standing.store.size > 0) problems.push(`persisted, and nobody asked for it: ${[...standing.store.keys()].join(", ")}`);
  if (standing.open.length > 0) problems.push(`still open: ${standing.open.join(" ")}`);
  return problems;
}

type Declared = ReadonlyMap<string, { readonly text: string; readonly id: string | undefined }>;
const isHere = (slot: string): boolean => !slot.startsWith("spare: ");
const isName = (slot: string): boolean => slot.startsWith("table ");

/** The register names the owner of everything that is ours, and of nothing else; the files of names as well. */
function ownerProblems(site: Site, declared: Declared, { register, names }: Standing): string[] {
  const problems: string[] = [];
  for (const [slot, { id }] of declared) {
    if (!isHere(slot)) continue;
    const said = isName(slot) ? names.get(slot) : register.get(slot);
    if (said !== id) problems.push(`${slot} is ${id ?? "nobody"}'s, and on the host it is ${said ?? "nobody"}'s`);
  }
  for (const [slot, id] of [...register, ...names])
    if (!declared.has(slot) && !site.stale.has(slot)) problems.push(`on the host ${slot} is ${id}'s, and it is not declared`);
  return problems;
}

/** What would be put back is what is declared, with its owner. */
function storeProblems(site: Site, declared: Declared, { store }: Standing): string[] {
  const problems: string[] = [];
  const words = wordsOf(site);
  for (const [slot, { id }] of declared) {
    if (!isHere(slot) || isName(slot)) continue;
    const stored = store.get(slot);
    if (stored === undefined) problems.push(`${slot} is not persisted`);
    else if (stored.id !== id) problems.push(`${slot} is persisted in the name of ${stored.id}, and is ${id}'s`);
    else {
      const said = new Set(stored.line.split(/[ ,/]/));
      const unsaid = (words.get(slot) ?? []).filter((word) => !said.has(word));
      if (unsaid.length > 0) problems.push(`${slot} is persisted as "${stored.line}", without ${unsaid.join(" ")}`);
    }
  }
  for (const slot of store.keys()) if (!declared.has(slot)) problems.push(`${slot} is persisted, and it is not declared`);
  return problems;
}

/** What the line of each slot must at least say: tables, addresses, devices and numbers as the lab sees them. */
function wordsOf(site: Site): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const { resources } of site.stacks)
    for (const resource of resources)
      for (const [slot, text] of shownOf(resource))
        words.set(
          slot,
          text.split(/[ ,/]/).filter((word) => /^(eth\d|loose\d|\d+|[0-9a-f]*[.:][0-9a-f.:]+)$/.test(word) && !/^(1|6|32|128)$/.test(word)),
        );
  return words;
}
