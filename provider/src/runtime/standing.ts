import { entryKinds, sectionNames } from "../declaration/entryKinds";
import { defaultOwner, type Tags } from "../declaration/owner";
import { parseRegisterKey, registerKey } from "../declaration/registerKey";
import { kindsOnHosts, ownersInFiles, tagsAt } from "../kernel/observed/kinds";
import type { State } from "../kernel/observed/state";
import { keysOf } from "../kernel/plan/register";

/** An entry that stands on a host, as it would stand in the inputs of whoever declared it. */
export interface Standing {
  readonly section: string;
  readonly key: string;
  /** The register's key, with the tag. */
  readonly at: string;
  /** Its tag in the kernel; undefined for what stands in a file. */
  readonly tag: number | undefined;
  readonly found: object;
}

/** What the kernel shows under these keys of the register. */
export function standingAt(keys: ReadonlySet<string>, state: State): Standing[] {
  if (keys.size === 0) return [];
  return sectionNames.flatMap((section) =>
    kindsOnHosts[section].seen(state).flatMap(({ key, protocol: tag, isOwnFile, found }): Standing[] => {
      const at = tag === undefined ? key : registerKey(key, tag);
      if (!keys.has(at) || (tag === undefined && isOwnFile !== true)) return [];
      const shown = entryKinds[section].declarable(found);
      return shown === undefined ? [] : [{ section, key, at, tag, found: shown }];
    }),
  );
}

/**
 * An older version's line has no tag, whatever it was: it means the tag that the state says while something stands under that, in nobody
 * else's name. What stands beside it under the default tag is another stack's.
 */
function keysHeldBy(state: State, id: string, { owner }: Tags): string[] {
  return keysOf(state.register, id).map((at) => {
    const { key, staging, owner: said } = parseRegisterKey(at);
    const own = registerKey(key, owner);
    const isOlder = said === undefined && !staging && !state.register.entries.has(own);
    return isOlder && tagsAt(state, key)?.includes(owner) === true ? own : at;
  });
}

/** What stands in an id's name at keys that its state does not declare: a change ended half-way, and the next one is to end it. */
export function surplus(state: State, id: string, tags: Tags, declared: ReadonlySet<string>): Standing[] {
  const inFiles = ownersInFiles(state).flatMap(([key, owner]) => (owner.id === id ? [key] : []));
  const keys = [...inFiles, ...keysHeldBy(state, id, tags)].filter((at) => !declared.has(parseRegisterKey(at).key));
  return standingAt(new Set(keys), state);
}

/** The tag under which something of an id stands though its state says another: a change of tags ended half-way, or nobody was told. */
export function otherTag(state: State, id: string, tags: Tags): number | undefined {
  const keys = keysHeldBy(state, id, tags).filter((at) => (parseRegisterKey(at).owner ?? defaultOwner) !== tags.owner);
  return standingAt(new Set(keys), state)[0]?.tag;
}
