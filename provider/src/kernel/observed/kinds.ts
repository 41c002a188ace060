import type { Section, Wholes } from "../../declaration/entryKinds";
import { nexthops } from "../nexthop/kind";
import type { Entry } from "../plan/register";
import { routes } from "../route/kind";
import { rules } from "../rule/kind";
import { settings } from "../sysctl/kind";
import { names } from "../table/kind";
import type { EntryOnHosts, ObservedKind, Part, Seen } from "./kind";
import { type Look, nothingMore, together } from "./look";
import type { State } from "./state";

/** What each kind of entry is on hosts, by its section in HostRouting. */
export const kindsOnHosts: { readonly [Name in Section]: EntryOnHosts<Wholes[Name]> } = { tables: names, nexthops, routes, rules };

/** With settings, which have no resource of their own. */
export const observedKinds: readonly ObservedKind[] = [settings, ...Object.values(kindsOnHosts)];

const byWord: ReadonlyMap<string, ObservedKind> = new Map(observedKinds.map((kind) => [kind.word, kind]));

/** The kind of a key. */
export function observedKindOf(key: string): ObservedKind | undefined {
  const [word = ""] = key.split(" ", 1);
  return byWord.get(word);
}

/** The tags of what stands at a key; undefined for keys of what has none. */
export const tagsAt = (state: State, key: string): readonly number[] | undefined => observedKindOf(key)?.tagsAt?.(state, key);

type Owning = Pick<State, "register" | "names">;

/** Whose the entries are that the register does not know: files of ours say it. */
export const ownersInFiles = (state: Owning): (readonly [key: string, owner: Entry])[] =>
  observedKinds.flatMap((kind) => kind.ownersInFiles?.(state) ?? []);
export const ownerInFiles = (key: string, state: Owning): Entry | undefined => ownersInFiles(state).find(([one]) => one === key)?.[1];

/** Who owns what, by keys of the register. */
export const ownersIn = (state: Owning): (readonly [at: string, owner: Entry])[] => [...state.register.entries, ...ownersInFiles(state)];
export const ownerAt = (at: string, state: Owning): Entry | undefined => state.register.entries.get(at) ?? ownerInFiles(at, state);

/** All entries that stand on a host. */
export function* seenIn(state: State): Generator<Seen> {
  for (const kind of observedKinds) yield* kind.seen(state);
}

/** What the keys of a register need, so that what they own can be seen: `rule inet 1000`, `route inet table 100 ...`, `table 100`. */
export const lookFor = (keys: readonly string[]): Look => together(keys.map((key) => observedKindOf(key)?.lookAt(key) ?? nothingMore));

/** Whether what stands at a key is shown; never for what is not doubted. */
export const isShown = (key: string, seen: Look): boolean => observedKindOf(key)?.isShown?.(key, seen) === true;

/** A state with what each kind says of its part. */
export function withParts(state: State, partOf: (kind: ObservedKind) => Part | undefined): State {
  let whole = state;
  for (const kind of observedKinds) whole = { ...whole, ...partOf(kind) };
  return whole;
}
