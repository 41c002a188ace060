import type { Mandate, Unwanted } from "../plan/change";
import type { State } from "./state";

/** One entry as it stands on a host. To print it costs the most, and is needed only where something differs. */
export interface Seen {
  readonly key: string;
  /** Its tag; undefined for what has none. */
  readonly protocol: number | undefined;
  /** Ours without a tag: it stands in a file of ours. */
  readonly isOwnFile?: boolean;
  /** By which the kernel, or a file, tells it from another one. */
  readonly values: Readonly<Record<string, unknown>>;
  /** In the form of inputs. */
  readonly found: Readonly<Record<string, unknown>>;
  /** What `ip` shows and no attribute reads. */
  readonly unread: readonly string[];
  print(): string;
}

/** What shared code knows of one kind of entry that stands on hosts. */
export interface ObservedKind {
  /** All that was seen, in sequence: among rules of one priority the order decides. */
  seen(state: State): readonly Seen[];
  /** The tags of what stands at a key; undefined where entries have none. */
  tagsAt?(state: State, key: string): readonly number[];
  /** Entries of it are exchanged under STAGING. */
  readonly isExchanged?: boolean;
  /** What is to go at a key of the register; undefined when the key is none of it. */
  unwanted(at: string, state: State, mandate: Mandate): Unwanted | undefined;
}

/** For people: the words of `ip`, with the tag. */
export const withTag = (words: string, { protocol, unread }: { readonly protocol: number; readonly unread: readonly string[] }): string =>
  `${words} proto ${protocol}${unread.length > 0 ? ` (${unread.join(", ")})` : ""}`;
