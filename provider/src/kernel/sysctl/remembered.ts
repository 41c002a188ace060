import { parseSysctlKey, type Sysctl, sysctlKey } from "../../declaration/sysctl/sysctl";
import type { Entry } from "../plan/register";

/** What the register also remembers of a setting. */
export interface Remembered {
  /** What stood there before us; undefined, and `?` in the register, where that was lost with a register before it. */
  readonly was: number | undefined;
  /** What we set. */
  readonly set: number;
  /** By their keys, settings that our write changed beside it and that `was` would not give back. */
  readonly beside: ReadonlyMap<string, number>;
}

/** Such as `0 1`, or `0 1 forwarding eth1 1 accept_redirects all 0`. */
export function rememberedIn(entry: Pick<Entry, "more"> | undefined): Remembered | undefined {
  const [, was, set, rest = ""] = /^([0-9]+|\?) ([0-9]+)((?: \S+ \S+ [0-9]+)*)$/.exec(entry?.more ?? "") ?? [];
  if (was === undefined || set === undefined) return undefined;
  const beside = new Map(
    [...rest.matchAll(/ (\S+) (\S+) ([0-9]+)/g)].flatMap(([, file, device, value]) => {
      const one = parseSysctlKey(`sysctl ${file} ${device}`);
      return one === undefined ? [] : [[sysctlKey(one), Number(value)] as const];
    }),
  );
  return { was: was === "?" ? undefined : Number(was), set: Number(set), beside };
}

export const printRemembered = ({ was = "?", set, beside }: Omit<Remembered, "was"> & { readonly was: Remembered["was"] | "?" }): string =>
  [was, set, ...[...beside].map(([key, value]) => `${key.slice("sysctl ".length)} ${value}`)].join(" ");

/** What the register remembers of one setting. */
export const rememberedAt = (
  { entries }: { readonly entries: ReadonlyMap<string, Entry> },
  sysctl: Pick<Sysctl, "file" | "device">,
): Remembered | undefined => rememberedIn(entries.get(sysctlKey(sysctl)));
