import { allKinds } from "./entryKinds";
import { defaultOwner } from "./owner";

/** First words of keys of what has no tag in the kernel, as settings have none; of all else, entries of several tags are several objects. */
const untagged: ReadonlySet<string> = new Set([
  "sysctl",
  ...allKinds.flatMap(({ word, isUntagged = false }) => (isUntagged ? [word] : [])),
]);
const isTagged = (key: string): boolean => !untagged.has(key.slice(0, key.indexOf(" ")));

/** The register's key of an object. The default tag is not said. A displaced rule waits under its owner's STAGING. */
export const registerKey = (key: string, owner: number | "?", staging = false): string =>
  `${key}${staging ? " staging" : ""}${owner === defaultOwner || !isTagged(key) ? "" : ` proto ${owner}`}`;

export interface RegisterKey {
  /** Of the object. */
  readonly key: string;
  readonly staging: boolean;
  /** The OWNER of the stack; undefined where it is not said: the default, or one of an older version; `?`: of an older version and not the default. */
  readonly owner: number | "?" | undefined;
}

export function parseRegisterKey(text: string): RegisterKey {
  const [, key = text, staging, owner] = /^(.*?)( staging)?(?: proto ([0-9]+|\?))?$/.exec(text) ?? [];
  return { key, staging: staging !== undefined, owner: owner === undefined ? undefined : owner === "?" ? owner : Number(owner) };
}
