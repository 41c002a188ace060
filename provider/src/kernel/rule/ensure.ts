import { ruleKey } from "../../declaration/key";
import { isSameStack, type Tags } from "../../declaration/owner";
import { registerKey } from "../../declaration/registerKey";
import type { Rule } from "../../declaration/rule/rule";
import { deviceOf, type RuleSet } from "../../declaration/rule/ruleSet";
import type { PolicyRoutingError } from "../../errors";
import { givenRule, type State } from "../observed/state";
import { belongsToAnother, conflict, differs } from "../plan/adoption";
import type { Mandate, Note, Plan } from "../plan/change";
import { followingWord } from "../plan/followed";
import { ofNobody, ofWhom, owningLines, type Title, takenFrom, takenOver, titleOf } from "../plan/ownership";
import type { RegisterLine } from "../plan/register";
import type { Step } from "../plan/step";
import { adoptable, twinsBeside } from "./adoption";
import { comesAndGoes, mismatchOf } from "./match";
import { ownTags, placeOf, undoAt } from "./place";
import { add, del, delAllForeign, delOne, describe, times } from "./steps";

/**
 * What makes it so: the steps in their order, what undoes them after any prefix, and what the register says then. `members` are the rules that
 * it is now; none while its device has no address.
 */
export function ensure(rule: RuleSet, members: readonly Rule[], state: State, mandate: Mandate): Plan {
  const { id, stack, tags, adopt } = mandate;
  const key = ruleKey(rule);
  const place = placeOf(state, rule, mandate);
  const { titles, ours, staged, former, shared } = place;
  const owner = titleOf(titles, tags.owner);
  const displaced = titles.find(({ proto, staging }) => proto === tags.staging && staging);
  const isOthers = owner !== undefined && owner.entry.id !== id && ours.length > 0;
  if (isOthers && !isSameStack(owner.entry.stack, stack) && adopt === false) throw belongsToAnother(key, owner.entry, "priority");
  const { lacking, surplus } = mismatchOf(members, ours);
  const isThere = ours.length > 0;
  const isRight = isThere && lacking.length + surplus.length === 0;
  // Another stack's, which says something else.
  if (isOthers && !isSameStack(owner.entry.stack, stack) && adopt === "same" && !isRight)
    throw differs(key, ours.map((one) => describe(one.rule)).join("; "), describe(rule));
  const notes: Note[] = [];
  // All that is new stands before anything old goes: rules that change places are never missing.
  const prepare: Step[] = [];
  const steps: Step[] = [];
  const finish: Step[] = [];
  const waits: RegisterLine[] = [];
  const isAlone = displaced === undefined || displaced.entry.id === id;
  // Under STAGING without a register entry: a transaction that did not finish left it behind. In our own name: we come back to our place.
  const clear = isAlone ? times(staged.length, del(rule, tags.staging)) : [];
  const stood = ours.map((one) => one.rule);
  const meant = !isThere || isOthers || shared !== undefined ? [] : adopt === "same" ? members : [...members, ...stood];
  const beside = twinsBeside(meant, place);
  // What waits for another's change stays, and the kernel may take it for a foreign one.
  const adopted = !isThere ? adoptable(rule, members, isAlone ? place : { ...place, staged: [] }, adopt) : adopt !== false ? beside : [];
  const takeAway = [...former.map(({ protocol }) => del(rule, protocol)), ...delAllForeign(adopted)];
  for (const old of adopted)
    notes.push(
      takenOver(`${describe(givenRule(old))} (proto ${old.protocol}${ofWhom(titleOf(titles, old.protocol))})`, {
        kind: "rule",
        is: old.rule,
      }),
    );
  const added = members.map((one) => add(one, tags.owner));
  const comes = isThere && !isOthers && isAlone && adopted.length === 0 && comesAndGoes(members, place);
  if (!isThere) {
    prepare.push(...added);
    steps.push(...clear, ...takeAway);
  } else if (isRight && adopted.length === 0) {
    steps.push(...clear, ...takeAway);
  } else if (comes) {
    prepare.push(...lacking.map((one) => add(one, tags.owner)));
    steps.push(...clear, ...takeAway);
    finish.push(...surplus.map((one) => delOne(one.rule, tags.owner)));
  } else {
    if (shared !== undefined) throw sharedTag(key, shared, tags);
    if (!isAlone) waits.push({ at: displaced.at });
    if (isOthers && isSameStack(owner.entry.stack, stack)) {
      steps.push(...times(staged.length, del(rule, tags.staging)));
      // Its owner is about to change too (a swap, an insertion, a rename): keep its rule until then.
      steps.push(...stood.map((one) => add(one, tags.staging)), ...times(ours.length, del(rule, tags.owner)), ...takeAway, ...added);
      waits.push({ at: registerKey(key, tags.owner, true), entry: owner.entry });
    } else {
      prepare.push(...times(staged.length, del(rule, tags.staging)), ...members.map((one) => add(one, tags.staging)));
      steps.push(...times(ours.length, del(rule, tags.owner)), ...takeAway, ...added);
      finish.push(...times(members.length, del(rule, tags.staging)));
    }
  }
  if (isThere && owner === undefined) notes.push(ofNobody);
  if (isOthers && !isSameStack(owner.entry.stack, stack)) notes.push(takenFrom(owner));
  const idle = prepare.length + steps.length + finish.length === 0;
  const touched = [...ownTags(tags, place), ...new Set(former.map(({ protocol }) => protocol))];
  const waiting = waits.some(({ entry }) => entry !== undefined) ? ours.map((one) => ({ ...one, protocol: tags.staging })) : [];
  const gone = [
    ...(comes ? surplus : ours),
    ...former,
    ...adopted,
    ...(waiting.length > 0 || clear.length > 0 || finish.length > 0 ? staged : []),
  ];
  const kept = place.all.filter((one) => !gone.includes(one));
  const made = (comes ? lacking : members).map((one) => ({ rule: one, protocol: tags.owner, unread: [] }));
  const most = new Map([
    [tags.owner, comes ? ours.length + lacking.length : members.length],
    [tags.staging, waiting.length > 0 ? ours.length : comes ? 0 : finish.length],
  ]);
  return {
    keys: [key],
    prepare,
    steps,
    finish,
    undo: idle ? [] : undoAt(rule, place.all, touched, adopted, most),
    register: owningLines(
      titles,
      key,
      mandate,
      [owner, ...adopted.map(({ protocol }) => titleOf(titles, protocol))],
      waits,
      moreOf(rule, members),
    ),
    becomes: idle ? [] : [{ key, rules: [...kept, ...waiting, ...made] }],
    notes,
    takes: isOthers && isSameStack(owner.entry.stack, stack) ? [{ key, from: owner.entry }] : [],
  };
}

/** What the register says of several: how many they are, or which device has as many as they are. */
function moreOf(rule: RuleSet, { length }: readonly Rule[]): string | undefined {
  const device = deviceOf(rule);
  if (device !== undefined) return followingWord(device);
  return length === 1 ? undefined : String(length);
}

const sharedTag = (key: string, { entry }: Title, { owner, staging }: Tags): PolicyRoutingError =>
  conflict(
    "tags-clash",
    key,
    `a rule of ${entry.id} of stack ${entry.stack} stands there under proto ${staging}, by which rules of proto ${owner} are exchanged`,
    "set policy-routing:owner of that stack to an even number, or choose another priority",
  );
