import { ruleKey } from "../../declaration/key";
import { isSameStack } from "../../declaration/owner";
import type { Rule } from "../../declaration/rule/rule";
import { deviceOf, type RuleSet } from "../../declaration/rule/ruleSet";
import { givenRule, type ObservedRule, type State } from "../observed/state";
import { belongsToAnother, differs } from "../plan/adoption";
import type { Mandate, Note, Plan } from "../plan/change";
import { followingWord } from "../plan/followed";
import { ofNobody, ofWhom, owningLines, type Title, takenFrom, takenOver, takesFrom, titleOf } from "../plan/ownership";
import { adoptedFor } from "./adoption";
import { exchangeOf } from "./exchange";
import { problemOf } from "./match";
import { ownTags, placeOf, undoAt } from "./place";
import { describe } from "./steps";

/**
 * What makes it so: the steps in their order, what undoes them after any prefix, and what the register says then. `members` are the rules that
 * it is now; none while its device has no address.
 */
export function ensure(rule: RuleSet, members: readonly Rule[], state: State, mandate: Mandate): Plan {
  const { id, tags, adopt } = mandate;
  const key = ruleKey(rule);
  const place = placeOf(state, rule, mandate);
  const { titles, ours } = place;
  const owner = titleOf(titles, tags.owner);
  const holder = ours.length > 0 && owner?.entry.id !== id ? owner : undefined;
  const isTaken = holder !== undefined && !isSameStack(holder.entry.stack, mandate.stack);
  if (isTaken && adopt === false) throw belongsToAnother(key, holder.entry, "priority");
  if (isTaken && adopt === "same" && problemOf(members, ours) !== undefined)
    throw differs(key, ours.map((one) => describe(one.rule)).join("; "), describe(rule));

  const adopted = adoptedFor(rule, members, place, holder, adopt);
  const { prepare, steps, finish, gone, waiting, made, most, waits } = exchangeOf(rule, members, place, adopted, holder, mandate);
  const isIdle = prepare.length + steps.length + finish.length === 0;
  const touched = [...ownTags(tags, place), ...new Set(place.former.map(({ protocol }) => protocol))];
  const limits = new Map([
    [tags.owner, most.owner],
    [tags.staging, most.staging],
  ]);
  const displaced = [owner, ...adopted.map(({ protocol }) => titleOf(titles, protocol))];
  const kept = place.all.filter((one) => !gone.includes(one));
  const added = made.map((one) => ({ rule: one, protocol: tags.owner, unread: [] }));
  return {
    keys: [key],
    prepare,
    steps,
    finish,
    undo: isIdle ? [] : undoAt(rule, place.all, touched, adopted, limits),
    register: owningLines(titles, key, mandate, displaced, waits, moreOf(rule, members)),
    becomes: isIdle ? [] : [{ key, rules: [...kept, ...waiting, ...added] }],
    notes: [
      ...adopted.map((old) => tookOver(old, titles)),
      ...(ours.length > 0 && owner === undefined ? [ofNobody] : []),
      ...(isTaken ? [takenFrom(holder)] : []),
    ],
    takes: takesFrom(holder, key, mandate),
  };
}

const tookOver = (old: ObservedRule, titles: readonly Title[]): Note =>
  takenOver(`${describe(givenRule(old))} (proto ${old.protocol}${ofWhom(titleOf(titles, old.protocol))})`, { kind: "rule", is: old.rule });

/** What the register says of several: how many they are, or which device has as many as they are. */
function moreOf(rule: RuleSet, { length }: readonly Rule[]): string | undefined {
  const device = deviceOf(rule);
  if (device !== undefined) return followingWord(device);
  return length === 1 ? undefined : String(length);
}
