import { ruleKey } from "../../declaration/key";
import { tagsOf } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { deviceIn } from "../plan/followed";
import { observedKindOf, tagsAt, withParts } from "./kinds";
import { type Pieces, piece } from "./pieces";
import type { State } from "./state";

/*
 * Where others change many rules or routes, a dump of several messages passes over some that stand, or repeats some. So what seems to be gone,
 * or there several times, is looked at once more, and believed when both readings say so; one rule shown twice only after a few.
 */

/**
 * Keys at which the register names one entry of ours, or a set of so many rules, and the reading does not show exactly these; `isShown` says of
 * which it would show any.
 */
export function doubtedKeys(state: State, isShown: (key: string) => boolean): Set<string> {
  const doubted = [...state.register.entries].flatMap(([at, line]) => {
    const { key, owner, staging } = parseRegisterKey(at);
    const here = tagsAt(state, key);
    if (here === undefined) return [];
    const tags = tagsOf(typeof owner === "number" ? owner : undefined);
    const proto = staging ? tags.staging : tags.owner;
    // How many a device has now, the register cannot say.
    if (deviceIn(line) !== undefined) return [];
    // Of an older version's line the tag is not known.
    const count = observedKindOf(key)?.countIn?.(line) ?? 1;
    const isThere = owner === "?" ? here.length > 0 : here.filter((one) => one === proto).length === count;
    return isThere ? [] : [key];
  });
  return new Set(doubted.filter(isShown));
}

/**
 * Keys at which a reading shows one rule twice, which `ip` never adds. Whoever clears what is in nobody's name, or takes foreign rules over,
 * would delete such a one twice. Only rules are dumped by counting.
 */
export function* repeatedRules({ rules }: State): Pieces<string[]> {
  const seen = new Set<string>();
  const repeated: string[] = [];
  for (const [index, one] of rules.entries()) {
    const values = JSON.stringify(one);
    if (seen.has(values)) repeated.push(ruleKey(one.rule));
    seen.add(values);
    if (index % piece === piece - 1) yield;
  }
  return repeated;
}

/** A dump of more may come in several messages. */
const oneMessage = 100;

/** Whether a reading may have passed over a rule of these tags that nothing names, such as one that `exclusive` is to take away. */
export const mayPassOver = ({ rules }: State, tags: ReadonlySet<number>): boolean => tags.size > 0 && rules.length > oneMessage;

export const keysOfTags = ({ rules }: State, tags: ReadonlySet<number>): string[] =>
  rules.flatMap(({ rule, protocol }) => (tags.has(protocol) ? [ruleKey(rule)] : []));

/** The first reading, but at these keys what the second one shows. */
export const withSecondLook = (first: State, second: State, keys: ReadonlySet<string>): State =>
  withParts(first, ({ again }) => again?.(first, second, keys));
