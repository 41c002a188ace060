import { onceFor } from "../../declaration/once";
import { parseRegisterKey, type RegisterKey } from "../../declaration/registerKey";
import { eachLine, type Pieces, piece } from "../observed/pieces";

/**
 * The register on the host says which resource owns which entry of ours: a journal in /run, one line a change,
 * `KEY<tab>ID<tab>STACK[<tab>MORE]` to own and `KEY` alone to let go. The last line of a key counts. It dies with the kernel's tables.
 * A key is that of `registerKey`, with the tag.
 */
export interface Entry {
  readonly id: string;
  readonly stack: string;
  /** What else is to be remembered of the entry: for a sysctl, what stood there before and what was set. */
  readonly more?: string;
}

/** A line that is to be written: whose an entry is; without one, that it is let go of. */
export interface RegisterLine {
  /** The register's key. */
  readonly at: string;
  readonly entry?: Entry;
}

export interface Register {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Lines in the journal: when most are history, it is rewritten. */
  readonly lines: number;
}

export const emptyRegister: Register = { entries: new Map(), lines: 0 };

export function* readRegister(text: string): Pieces<Register> {
  const entries = new Map<string, Entry>();
  let lines = 0;
  for (const line of eachLine(text)) {
    if (line === "") continue;
    if (++lines % piece === 0) yield;
    const [key, id, stack, more] = line.split("\t");
    if (key === undefined) continue;
    if (id === undefined || stack === undefined) entries.delete(key);
    else entries.set(key, { id, stack, ...(more === undefined ? {} : { more }) });
  }
  return { entries, lines };
}

export const ownLine = (key: string, { id, stack, more }: Entry): string =>
  `${key}\t${id}\t${stack}${more === undefined ? "" : `\t${more}`}`;

export const printLine = ({ at, entry }: RegisterLine): string => (entry === undefined ? at : ownLine(at, entry));

export function keysOf(register: Register, id: string): string[] {
  return [...register.entries].filter(([, entry]) => entry.id === id).map(([key]) => key);
}

export interface Line extends RegisterKey {
  /** The register's key. */
  readonly at: string;
  readonly entry: Entry;
}

/** What is said of one object, under whatever tag. */
export const linesAt = ({ entries }: Register, key: string): readonly Line[] => linesByKey(entries).get(key) ?? [];

const linesByKey = onceFor((entries: Register["entries"]) => {
  const lines = [...entries].map(([at, entry]): Line => ({ at, entry, ...parseRegisterKey(at) }));
  return Map.groupBy(lines, ({ key }) => key);
});

/** The whole journal, one line an entry, when rewriting it is worth while. */
export function compacted({ entries, lines }: Register): string[] | undefined {
  return lines > 2 * entries.size + 200 ? [...entries].map(([key, entry]) => ownLine(key, entry)) : undefined;
}
