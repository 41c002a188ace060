/** One line of a diagnosis. */
export interface Check {
  readonly check: string;
  readonly level: "ok" | "warning" | "fails";
  readonly says: string;
  /** What to do about it. */
  readonly next?: string | undefined;
}

export const ok = (check: string, says: string): Check => ({ check, level: "ok", says });
export const warning = (check: string, says: string, next: string): Check => ({ check, level: "warning", says, next });
