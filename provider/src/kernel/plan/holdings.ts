import type { State } from "../observed/state";

/** What one id owns on a host. */
export interface Holding {
  readonly id: string;
  readonly stack: string;
  readonly keys: readonly string[];
}

/** By the register, and by the files of tables' names. */
export function holdingsOf({ register, names }: Pick<State, "register" | "names">): Holding[] {
  const owned = [
    ...[...register.entries].map(([key, owner]) => ({ key, owner })),
    ...names.flatMap(({ tableId, owner }) => (owner === undefined ? [] : [{ key: `table ${tableId}`, owner }])),
  ];
  const holdings = new Map<string, { id: string; stack: string; keys: string[] }>();
  for (const { key, owner } of owned) {
    const known = holdings.get(owner.id);
    if (known === undefined) holdings.set(owner.id, { id: owner.id, stack: owner.stack, keys: [key] });
    else known.keys.push(key);
  }
  return [...holdings.values()];
}
