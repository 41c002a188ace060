import { ownEntry } from "../../declaration/ownEntry";
import { nexthops } from "../nexthop/nexthop";
import { routes } from "../route/route";
import { rules } from "../rule/rule";
import { settings } from "../sysctl/sysctl";
import { names } from "../table/name";
import type { ObservedKind, Seen } from "./kind";
import type { State } from "./state";

/** Every kind of entry, by the first word of its keys. */
export const observedKinds: Readonly<Record<string, ObservedKind>> = {
  table: names,
  sysctl: settings,
  nexthop: nexthops,
  route: routes,
  rule: rules,
};

export const observedKindOf = (key: string): ObservedKind | undefined => {
  const [word = ""] = key.split(" ", 1);
  return ownEntry(observedKinds, word);
};

/** The tags of what stands at a key; undefined for keys of what has none. */
export const tagsAt = (state: State, key: string): readonly number[] | undefined => observedKindOf(key)?.tagsAt?.(state, key);

/** All entries that stand on a host. */
export function* seenIn(state: State): Generator<Seen> {
  for (const kind of Object.values(observedKinds)) yield* kind.seen(state);
}
