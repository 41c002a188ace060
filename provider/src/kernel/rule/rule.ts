import type { Family } from "../../declaration/family";
import { parseRegisterKey, ruleKey } from "../../declaration/key";
import type { Tags } from "../../declaration/owner";
import { ruleAttributes } from "../../declaration/rule/rule";
import { type RuleSet, rulesIn, setOf } from "../../declaration/rule/ruleSet";
import { type ObservedKind, withTag } from "../observed/kind";
import { givenRule, type ObservedRule, rulesAt, rulesAtKey, type State } from "../observed/state";
import { emptyPlan, isRemovable, type Mandate, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { needsOf } from "../plan/gate";
import { type Claimant, protoAt, protoFor, type Title, titleOf, titlesAt } from "../plan/ownership";
import { ruleBefore } from "./before";
import { ensure } from "./ensure";
import { problemOf, readAs } from "./match";
import { type At, ownTags, placeOf, tagsIn, undoAt } from "./place";
import { add, del, describe } from "./steps";

export { describe } from "./steps";

const stage = 40;

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

export function wantedRule(rule: RuleSet): Wanted {
  const key = ruleKey(rule);
  const members = rulesIn(rule);
  const at = (state: State): readonly ObservedRule[] => rulesAt(state, rule.family, rule.priority);
  const titles = (state: State, tags: Tags, id: string): readonly Title[] => titlesAt(state.register, key, tagsIn(at(state)), { id, tags });
  return {
    key,
    label: describe(rule),
    family: rule.family,
    needs: needsOf(ruleAttributes, members[0] ?? {}),
    stage,
    ensure: (state, mandate) => ensure(rule, state, mandate),
    missing: (state, tags) =>
      problemOf(
        members,
        at(state).filter(({ protocol }) => protocol === tags.owner),
      ),
    stored: (tags) => members.map((one) => add(one, tags.owner)),
    read: (state, tags, id) => {
      const proto = protoFor(titles(state, tags, id), tagsIn(at(state)), { id, tags });
      return readAs(
        rule,
        members,
        at(state).filter(({ protocol }) => protocol === proto),
      );
    },
    before: (state, tags) => members.map((one) => ruleBefore(one, state, tags)).find((what) => what !== undefined),
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
      // As one declaration, with the others there of its tag; of what would be several, itself.
      get found() {
        return (
          setOf(rulesAtKey(state, ruleKey(one.rule)).flatMap(({ rule, protocol }) => (protocol === one.protocol ? [rule] : []))) ?? one.rule
        );
      },
      unread: one.unread,
      print: () => withTag(describe(givenRule(one)), one),
    })),
  tagsAt: (state, key) => tagsIn(rulesAtKey(state, key)),
  isExchanged: true,
  unwanted: unwantedRule,
};
