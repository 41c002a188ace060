import { hasBits, type Masked, numberWith } from "../../../declaration/rule/occurs";
import { maskedOf } from "../../../declaration/rule/selectors";
import type { ObservedRule } from "../../observed/state";

/** Marks that all rules take alike. */
export interface MarkClass {
  readonly mark: number;
  /** What sets it apart, in the words of rules; undefined where no rule asks for a mark. */
  readonly says: string | undefined;
  isOne(mark: number): boolean;
}

interface Asked extends Masked {
  readonly text: string;
}

const asks = ({ rule: { fwmark } }: ObservedRule): Asked[] =>
  fwmark === undefined ? [] : [{ text: `fwmark ${fwmark}`, ...maskedOf(fwmark) }];

/** One mark of each class that rules tell apart. Marks of which none exists that fits are left out. */
export function marksOf(rules: readonly ObservedRule[]): MarkClass[] {
  const asked = [...new Map(rules.flatMap(asks).map((one) => [one.text, one])).values()];
  if (asked.length === 0) return [{ mark: 0, says: undefined, isOne: () => true }];
  const found: MarkClass[] = [];
  const go = (at: number, fits: readonly Asked[], not: readonly Asked[]): void => {
    const one = asked[at];
    if (one === undefined) {
      const mark = numberWith(fits, not);
      const says = fits.length === 0 ? "no mark that a rule asks for" : fits.map(({ text }) => text).join(" and ");
      const isOne = (other: number): boolean => fits.every((ask) => hasBits(ask, other)) && !not.some((ask) => hasBits(ask, other));
      if (mark !== undefined) found.push({ mark, says, isOne });
      return;
    }
    go(at + 1, fits, [...not, one]);
    if (numberWith([...fits, one], []) !== undefined) go(at + 1, [...fits, one], not);
  };
  go(0, [], []);
  return found;
}
