import { ruleKey } from "../../declaration/key";
import { isSameStack, type Tags } from "../../declaration/owner";
import type { Rule } from "../../declaration/rule/rule";
import { type ObservedRule, rulesAt, type State, tagsIn } from "../observed/state";
import type { Mandate } from "../plan/change";
import { type AtKey, type Claimant, isFormer, type Title, titleOf, titlesAt } from "../plan/ownership";
import type { Step } from "../plan/step";
import { addBack, del, delAllForeign, times } from "./steps";

export type At = Pick<Rule, "family" | "priority">;

export interface Place extends AtKey<ObservedRule> {
  /** Under STAGING, by which rules are exchanged. Empty where another tag's owner has that number: `shared`. */
  readonly staged: readonly ObservedRule[];
  /** Its own, under tags that it had before. */
  readonly former: readonly ObservedRule[];
  /** Another one, whose rule waits under STAGING until it changes too. */
  readonly displaced: Title | undefined;
  /** Who has our STAGING for a tag of its own. */
  readonly shared: Title | undefined;
}

export function placeOf(state: State, { family, priority }: At, claimant: Claimant & Pick<Mandate, "stack">): Place {
  const { id, stack, tags } = claimant;
  const all = rulesAt(state, family, priority);
  const here = tagsIn(all);
  const titles = titlesAt(state.register, ruleKey({ family, priority }), here, claimant);
  const other = titles.find(({ proto, staging, entry }) => proto === tags.staging && !staging && entry.id !== id);
  const shared = here.includes(tags.staging)
    ? (other ?? titles.find(({ proto, entry }) => proto === undefined && entry.id !== id))
    : undefined;
  const isStaged = (proto: number): boolean => proto === tags.staging && shared === undefined;
  const isOld = (proto: number): boolean => !isStaged(proto) && isFormer(titles, proto, claimant);
  const isOfStack = (proto: number): boolean => {
    const title = titleOf(titles, proto);
    return title !== undefined && isSameStack(title.entry.stack, stack);
  };
  return {
    titles,
    all,
    ours: all.filter(({ protocol }) => protocol === tags.owner),
    staged: all.filter(({ protocol }) => isStaged(protocol)),
    former: all.filter(({ protocol }) => isOld(protocol)),
    displaced: titles.find(({ proto, staging, entry }) => proto === tags.staging && staging && entry.id !== id),
    foreign: all.filter(({ protocol: proto }) => proto !== tags.owner && !isStaged(proto) && !isOld(proto) && !isOfStack(proto)),
    shared,
  };
}

/**
 * Whatever happened in between: delete what carries these tags at this priority, then add what was observed. Of several, what was adopted is
 * deleted as well, so that they stand in their order again. `most` says how many of a tag there may have been at once, where these were more
 * than were observed.
 */
export function undoAt(
  rule: At,
  all: readonly ObservedRule[],
  touched: readonly number[],
  adopted: readonly ObservedRule[] = [],
  most: ReadonlyMap<number, number> = new Map(),
): Step[] {
  const count = (proto: number): number => Math.max(most.get(proto) ?? 0, all.filter(({ protocol }) => protocol === proto).length);
  const back = all.filter((old) => touched.includes(old.protocol) || adopted.includes(old));
  return [
    ...touched.flatMap((proto) => times(Math.max(1, count(proto)), del(rule, proto))),
    ...(back.length > 1 ? delAllForeign(adopted) : []),
    ...back.map(addBack),
  ];
}

/** The tags of a stack that nobody else has at this priority. */
export const ownTags = ({ owner, staging }: Tags, { shared }: Place): number[] => (shared === undefined ? [staging, owner] : [owner]);
