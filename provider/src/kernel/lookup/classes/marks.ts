import type { ObservedRule } from "../../observed/state";

/** Marks that all rules take alike. */
export interface MarkClass {
  readonly mark: number;
  /** What sets it apart, in the words of rules; undefined where no rule asks for a mark. */
  readonly says: string | undefined;
  isOne(mark: number): boolean;
}

interface Asked {
  readonly text: string;
  readonly value: number;
  readonly mask: number;
}

/** Bits of a mark that are decided, and what they are. */
interface Bound {
  readonly mask: number;
  readonly value: number;
}

const asks = ({ rule: { fwmark } }: ObservedRule): Asked[] => {
  const [value, mask] = fwmark?.split("/").map(Number) ?? [];
  return fwmark === undefined || value === undefined || mask === undefined ? [] : [{ text: `fwmark ${fwmark}`, value, mask }];
};

const asksFor = ({ value, mask }: Asked, mark: number): boolean => ((mark ^ value) & mask) === 0;

/** One mark of each class that rules tell apart. Marks of which none exists that fits are left out. */
export function marksOf(rules: readonly ObservedRule[]): MarkClass[] {
  const asked = [...new Map(rules.flatMap(asks).map((one) => [one.text, one])).values()];
  if (asked.length === 0) return [{ mark: 0, says: undefined, isOne: () => true }];
  const found: MarkClass[] = [];
  const go = (at: number, bound: Bound, fits: readonly Asked[], not: readonly Asked[]): void => {
    const one = asked[at];
    if (one === undefined) {
      const mark = markOf(bound, not);
      const says = fits.length === 0 ? "no mark that a rule asks for" : fits.map(({ text }) => text).join(" and ");
      const isOne = (other: number): boolean => fits.every((ask) => asksFor(ask, other)) && !not.some((ask) => asksFor(ask, other));
      if (mark !== undefined) found.push({ mark, says, isOne });
      return;
    }
    go(at + 1, bound, fits, [...not, one]);
    if (((bound.value ^ one.value) & bound.mask & one.mask) === 0)
      go(at + 1, { mask: (bound.mask | one.mask) >>> 0, value: (bound.value | one.value) >>> 0 }, [...fits, one], not);
  };
  go(0, { mask: 0, value: 0 }, [], []);
  return found;
}

/** A mark with these bits that fits none of what it must not. */
function markOf({ mask, value }: Bound, not: readonly Asked[]): number | undefined {
  const [next] = not.filter((one) => asksFor(one, value));
  if (next === undefined) return value;
  for (let bit = 0; bit < 32; bit++) {
    const one = (1 << bit) >>> 0;
    if ((next.mask & one) === 0 || (mask & one) !== 0) continue;
    const found = markOf({ mask: (mask | (next.mask & one)) >>> 0, value: (value ^ one) >>> 0 }, not);
    if (found !== undefined) return found;
  }
  return undefined;
}
