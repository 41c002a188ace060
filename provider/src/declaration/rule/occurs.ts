/** Bits that are compared, and what they are to be. */
export interface Masked {
  readonly value: number;
  readonly mask: number;
}

export const hasBits = ({ value, mask }: Masked, one: number): boolean => ((one ^ value) & mask) === 0;

/** A number that has all of these bits, and of those others at least one not; undefined where there is none. */
export function numberWith(fits: readonly Masked[], not: readonly Masked[]): number | undefined {
  let bound: Masked = { mask: 0, value: 0 };
  for (const one of fits) {
    if (((bound.value ^ one.value) & bound.mask & one.mask) !== 0) return undefined;
    bound = { mask: (bound.mask | one.mask) >>> 0, value: (bound.value | (one.value & one.mask)) >>> 0 };
  }
  return without(bound, not);
}

function without({ mask, value }: Masked, not: readonly Masked[]): number | undefined {
  const next = not.find((one) => hasBits(one, value));
  if (next === undefined) return value;
  for (let bit = 0; bit < 32; bit++) {
    const one = (1 << bit) >>> 0;
    if ((next.mask & one) === 0 || (mask & one) !== 0) continue;
    const found = without({ mask: (mask | (next.mask & one)) >>> 0, value: (value ^ one) >>> 0 }, not);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Numbers from one to another, both included. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Whether a number within `of` lies in all of these, and in none of those. */
export function liesIn(of: Interval, fits: readonly Interval[], not: readonly Interval[]): boolean {
  const candidates = [of.from, ...fits.map(({ from }) => from), ...not.map(({ to }) => to + 1)];
  const inside = ({ from, to }: Interval, one: number): boolean => one >= from && one <= to;
  return candidates.some((one) => inside(of, one) && fits.every((each) => inside(each, one)) && !not.some((each) => inside(each, one)));
}
