import { type Family, familyNames } from "../../declaration/family";
import { ruleKey } from "../../declaration/key";
import type { Tags } from "../../declaration/owner";
import { parseRegisterKey } from "../../declaration/registerKey";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { deviceOf, literally, type RuleSet, rulesIn } from "../../declaration/rule/ruleSet";
import { PolicyRoutingError } from "../../errors";
import { type ObservedRule, rulesAt, type State, tagsIn } from "../observed/state";
import { sourcesOn, type Uplinks } from "../observed/uplinks";
import { emptyPlan, isRemovable, type Mandate, type Plan, type Unwanted, type Wanted } from "../plan/change";
import { pendingFor } from "../plan/followed";
import { needsOf } from "../plan/gate";
import { type Claimant, protoAt, protoFor, type Title, titleOf, titlesAt } from "../plan/ownership";
import { ruleBefore } from "./before";
import { ensure } from "./ensure";
import { rulesNow, symbolic } from "./followed";
import { problemOf, readAs } from "./match";
import { type At, ownTags, placeOf, undoAt } from "./place";
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
    becomes: going.length === 0 ? [] : [{ key, rules: place.all.filter((one) => !going.includes(one)) }],
    notes: [],
  };
}

/** The rules that a declared one is, where this is seen; `standing` are those that stand for it. */
type Members = (uplinks: Uplinks | undefined, standing: readonly ObservedRule[]) => readonly Rule[];

export function wantedRule(rule: RuleSet): Wanted {
  const literal = literally(rule);
  if (literal === undefined) return following(rule, deviceOf(rule) ?? "");
  const members = rulesIn(literal);
  return wanted(rule, members, () => members);
}

/** One whose sources are those that a device has. */
function following(rule: RuleSet, device: string): Wanted {
  const { family } = rule;
  const words = symbolic(rule, device);
  const members: Members = (uplinks, standing) => {
    if (uplinks === undefined)
      throw new PolicyRoutingError("bug", { topic: "bug", object: ruleKey(rule), what: `the addresses of ${device} were not read` });
    return rulesNow(
      rule,
      device,
      uplinks,
      standing.map((one) => one.rule),
    );
  };
  const pending = ({ uplinks }: State): string | undefined =>
    uplinks !== undefined && sourcesOn(uplinks, family, device).length === 0
      ? `${device} has no ${familyNames[family]} address`
      : undefined;
  const one = wanted(rule, words, members);
  return {
    ...one,
    follows: device,
    has: (uplinks) => sourcesOn(uplinks, family, device),
    pending,
    ensure: (state, mandate) => pendingFor(pending(state), one.ensure(state, mandate)),
  };
}

/** `words` are those of the store. */
function wanted(rule: RuleSet, words: readonly Rule[], members: Members): Wanted {
  const key = ruleKey(rule);
  const at = (state: State): readonly ObservedRule[] => rulesAt(state, rule.family, rule.priority);
  const under = (state: State, proto: number | undefined): ObservedRule[] => at(state).filter(({ protocol }) => protocol === proto);
  const titles = (state: State, tags: Tags, id: string): readonly Title[] => titlesAt(state.register, key, tagsIn(at(state)), { id, tags });
  const holder = (state: State, tags: Tags, id: string) => titleOf(titles(state, tags, id), tags.owner)?.entry;
  return {
    key,
    label: describe(rule),
    family: rule.family,
    needs: needsOf(ruleAttributes, words[0] ?? {}),
    stage,
    ensure: (state, mandate) => {
      const own = holder(state, mandate.tags, mandate.id)?.id === mandate.id ? under(state, mandate.tags.owner) : [];
      return ensure(rule, members(state.uplinks, own), state, mandate);
    },
    missing: (state, tags, uplinks = state.uplinks) => {
      const ours = under(state, tags.owner);
      const all = members(uplinks, ours);
      return all.length + ours.length === 0 ? undefined : problemOf(all, ours);
    },
    stored: (tags) => words.map((one) => add(one, tags.owner)),
    read: (state, tags, id) => {
      const ours = under(state, protoFor(titles(state, tags, id), tagsIn(at(state)), { id, tags }));
      const all = members(state.uplinks, ours);
      if (all.length + ours.length === 0) return holder(state, tags, id)?.id === id ? { ...rule } : undefined;
      return readAs(rule, all, ours);
    },
    before: (state, tags) =>
      members(state.uplinks, under(state, tags.owner))
        .map((one) => ruleBefore(one, state, tags))
        .find((what) => what !== undefined),
    holder,
  };
}

/** The rule of a register's key, of `rule FAMILY PRIORITY`; undefined when the key is none. */
export function unwantedRule(at: string, state: State, claimant: Claimant): Unwanted | undefined {
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
