import { PolicyRoutingError } from "../errors";
import type { Family } from "../spec/family";
import { parseRegisterKey, registerKey, ruleKey } from "../spec/key";
import { isSameStack, type Tags } from "../spec/owner";
import { type Rule, ruleAttributes } from "../spec/rule/rule";
import { differs } from "./adoption";
import { emptyPlan, isRemovable, type Mandate, type Note, type Plan, type Unwanted, type Wanted } from "./change";
import { needsOf } from "./gate";
import { type ObservedKind, withTag } from "./observedKind";
import {
  type Claimant,
  ofNobody,
  ofWhom,
  owningLines,
  protoAt,
  protoFor,
  type Title,
  takenFrom,
  takenOver,
  titleOf,
  titlesAt,
} from "./ownership";
import type { RegisterLine } from "./register";
import { adoptable, twinsBeside } from "./ruleAdoption";
import { type At, ownTags, placeOf, tagsIn, undoAt } from "./rulePlace";
import { add, del, delAllForeign, describe, times } from "./ruleSteps";
import { givenRule, type ObservedRule, rulesAt, rulesAtKey, type State } from "./state";
import type { Step } from "./step";
import { asAsked, same } from "./words";

export { describe } from "./ruleSteps";

const stage = 40;

function ensure(rule: Rule, state: State, mandate: Mandate): Plan {
  const { id, stack, tags, adopt } = mandate;
  const key = ruleKey(rule);
  const place = placeOf(state, rule, mandate);
  const { titles, ours, staged, former, shared } = place;
  const owner = titleOf(titles, tags.owner);
  const displaced = titles.find(({ proto, staging }) => proto === tags.staging && staging);
  const isOthers = owner !== undefined && owner.entry.id !== id && ours.length > 0;
  if (isOthers && !isSameStack(owner.entry.stack, stack) && adopt === false)
    throw new PolicyRoutingError("conflict", {
      topic: "belongs-to-another",
      object: key,
      what: `belongs to ${owner.entry.id} of stack ${owner.entry.stack}`,
      next: "choose another priority, remove it there, or set adopt: true to take it over",
    });
  const [current] = ours;
  // Another stack's, which says something else.
  if (isOthers && !isSameStack(owner.entry.stack, stack) && adopt === "same" && current !== undefined && !isRight(rule, current))
    throw differs(key, describe(current.rule), describe(rule));
  const notes: Note[] = [];
  // All that is new stands before anything old goes: rules that change places are never missing.
  const prepare: Step[] = [];
  const steps: Step[] = [];
  const finish: Step[] = [];
  const waits: RegisterLine[] = [];
  const isAlone = displaced === undefined || displaced.entry.id === id;
  // Under STAGING without a register entry: a transaction that did not finish left it behind. In our own name: we come back to our place.
  const clear = isAlone ? times(staged.length, del(rule, tags.staging)) : [];
  const meant = current === undefined || isOthers || shared !== undefined ? [] : adopt === "same" ? [rule] : [rule, current.rule];
  const beside = twinsBeside(meant, place);
  // What waits for another's change stays, and the kernel may take it for a foreign one.
  const adopted =
    current === undefined ? adoptable(rule, isAlone ? place : { ...place, staged: [] }, adopt) : adopt !== false ? beside : [];
  const takeAway = [...former.map(({ protocol }) => del(rule, protocol)), ...delAllForeign(adopted)];
  for (const old of adopted)
    notes.push(takenOver(`${describe(givenRule(old))} (proto ${old.protocol}${ofWhom(titleOf(titles, old.protocol))})`));
  if (current === undefined) {
    prepare.push(add(rule, tags.owner));
    steps.push(...clear, ...takeAway);
  } else if (ours.length === 1 && isRight(rule, current) && adopted.length === 0) {
    steps.push(...clear, ...takeAway);
  } else {
    if (shared !== undefined) throw sharedTag(key, shared, tags);
    if (!isAlone) waits.push({ at: displaced.at });
    if (isOthers && isSameStack(owner.entry.stack, stack)) {
      steps.push(...times(staged.length, del(rule, tags.staging)));
      // Its owner is about to change too (a swap, an insertion, a rename): keep its rule until then.
      steps.push(add(current.rule, tags.staging), ...times(ours.length, del(rule, tags.owner)), ...takeAway, add(rule, tags.owner));
      waits.push({ at: registerKey(key, tags.owner, true), entry: owner.entry });
    } else {
      prepare.push(...times(staged.length, del(rule, tags.staging)), add(rule, tags.staging));
      steps.push(...times(ours.length, del(rule, tags.owner)), ...takeAway, add(rule, tags.owner));
      finish.push(del(rule, tags.staging));
    }
  }
  if (current !== undefined && owner === undefined) notes.push(ofNobody);
  if (isOthers && !isSameStack(owner.entry.stack, stack)) notes.push(takenFrom(owner));
  const idle = prepare.length + steps.length === 0;
  const touched = [...ownTags(tags, place), ...new Set(former.map(({ protocol }) => protocol))];
  const waiting = waits.some(({ entry }) => entry !== undefined) && current !== undefined ? [{ ...current, protocol: tags.staging }] : [];
  const gone = [...ours, ...former, ...adopted, ...(waiting.length > 0 || clear.length > 0 || finish.length > 0 ? staged : [])];
  const kept = place.all.filter((one) => !gone.includes(one));
  return {
    keys: [key],
    prepare,
    steps,
    finish,
    undo: idle ? [] : undoAt(rule, place.all, touched, adopted),
    register: owningLines(titles, key, mandate, [owner, ...adopted.map(({ protocol }) => titleOf(titles, protocol))], waits),
    becomes: idle ? [] : [{ key, rules: [...kept, ...waiting, { rule, protocol: tags.owner, unread: [] }], routes: [] }],
    notes,
    takes: isOthers && isSameStack(owner.entry.stack, stack) ? [{ key, from: owner.entry }] : [],
  };
}

const isRight = (rule: Rule, current: ObservedRule): boolean => current.unread.length === 0 && same(ruleAttributes, rule, current.rule);

const sharedTag = (key: string, { entry }: Title, { owner, staging }: Tags): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "tags-clash",
    object: key,
    what: `a rule of ${entry.id} of stack ${entry.stack} stands there under proto ${staging}, by which rules of proto ${owner} are exchanged`,
    next: "set policy-routing:owner of that stack to an even number, or choose another priority",
  });

function remove(at: string, rule: At, gone: number | undefined, state: State, mandate: Mandate): Plan {
  const key = ruleKey(rule);
  if (!isRemovable(state.register.entries.get(at), mandate)) return emptyPlan([key]);
  const place = placeOf(state, rule, mandate);
  const going = place.all.filter(({ protocol }) => protocol === gone);
  const own = ownTags(mandate.tags, place);
  return {
    keys: [key],
    steps: going.map(({ protocol }) => del(rule, protocol)),
    undo: gone === undefined || going.length === 0 ? [] : undoAt(rule, place.all, own.includes(gone) ? own : [gone]),
    register: [{ at }],
    becomes: going.length === 0 ? [] : [{ key, rules: place.all.filter((one) => !going.includes(one)), routes: [] }],
    notes: [],
  };
}

export function wantedRule(rule: Rule): Wanted {
  const key = ruleKey(rule);
  const at = (state: State): readonly ObservedRule[] => rulesAt(state, rule.family, rule.priority);
  const titles = (state: State, tags: Tags, id: string): readonly Title[] => titlesAt(state.register, key, tagsIn(at(state)), { id, tags });
  return {
    key,
    label: describe(rule),
    family: rule.family,
    needs: needsOf(ruleAttributes, rule),
    stage,
    ensure: (state, mandate) => ensure(rule, state, mandate),
    missing: (state, tags) => {
      const ours = at(state).filter(({ protocol }) => protocol === tags.owner);
      const [current] = ours;
      if (current === undefined) return "is not there";
      if (ours.length > 1) return `is there ${ours.length} times`;
      return isRight(rule, current)
        ? undefined
        : `is ${describe(current.rule)}${current.unread.length > 0 ? ` with ${current.unread.join(", ")}` : ""}`;
    },
    stored: (tags) => add(rule, tags.owner),
    read: (state, tags, id) => {
      const proto = protoFor(titles(state, tags, id), tagsIn(at(state)), { id, tags });
      const current = at(state).find(({ protocol }) => protocol === proto);
      return current === undefined ? undefined : asAsked(ruleAttributes, rule, current.rule);
    },
    holder: (state, tags, id) => titleOf(titles(state, tags, id), tags.owner)?.entry,
  };
}

/** The rule of a register's key, of `rule FAMILY PRIORITY`; undefined when the key is none. */
function unwantedRule(at: string, state: State, claimant: Claimant): Unwanted | undefined {
  const { key } = parseRegisterKey(at);
  const [, family, priority] = /^rule (inet6?) ([0-9]+)$/.exec(key) ?? [];
  if (family === undefined || priority === undefined) return undefined;
  const rule = { family: family === "inet" ? "inet" : "inet6", priority: Number(priority) } satisfies { family: Family; priority: number };
  const gone = protoAt(at, state.register, tagsIn(rulesAt(state, rule.family, rule.priority)), claimant);
  return {
    key,
    stage,
    remove: (now, mandate) => remove(at, rule, gone, now, mandate),
    remains: (now) => {
      const left = rulesAt(now, rule.family, rule.priority).find(({ protocol }) => protocol === gone);
      return left === undefined ? undefined : describe(left.rule);
    },
  };
}

export const rules: ObservedKind = {
  seen: (state) =>
    state.rules.map((one) => ({
      key: ruleKey(one.rule),
      protocol: one.protocol,
      values: givenRule(one),
      found: one.rule,
      unread: one.unread,
      print: () => withTag(describe(givenRule(one)), one),
    })),
  tagsAt: (state, key) => tagsIn(rulesAtKey(state, key)),
  isExchanged: true,
  unwanted: unwantedRule,
};
