import { ruleKey } from "../../declaration/key";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { literally, rulesIn } from "../../declaration/rule/ruleSet";
import type { Taken } from "../observed/kind";
import { type ObservedRule, rulesAtKey, type State } from "../observed/state";
import { cannotGiveBack } from "../plan/adoption";
import type { Instead, Plan } from "../plan/change";
import { same } from "../words";
import { add, addBack, del, delAllForeign, times } from "./steps";

export function takenRules(key: string, before: State, after: State, isOwned: (protocol: number) => boolean): Taken[] {
  const left = rulesAtKey(after, key);
  return rulesAtKey(before, key).flatMap((one) => {
    const isTold = one.given === undefined && one.unread.length === 0;
    return !isTold || isOwned(one.protocol) || isThere(one, left) ? [] : [{ proto: one.protocol, is: { rule: one.rule } }];
  });
}

const isThere = ({ rule, protocol }: ObservedRule, all: readonly ObservedRule[]): boolean =>
  all.some((other) => other.protocol === protocol && same(ruleAttributes, rule, other.rule));

export function rulesBack(taken: readonly Taken[], tag: number): Instead | undefined {
  const rules = taken.flatMap(({ is, proto }) => {
    const asked = "rule" in is ? literally(is.rule) : undefined;
    return asked === undefined ? [] : rulesIn(asked).map((rule): ObservedRule => ({ rule, protocol: proto, unread: [] }));
  });
  return rules.length < taken.length ? undefined : back(rules, tag);
}

function back(taken: readonly ObservedRule[], tag: number): Instead {
  const key = ruleKey(taken[0]?.rule ?? { family: "inet", priority: 0 });
  return {
    remove: (state, at): Plan => {
      const all = rulesAtKey(state, key);
      const ours = all.filter(({ protocol }) => protocol === tag);
      const others = all.filter(({ protocol }) => protocol !== tag);
      const missing = taken.filter((one) => !isThere(one, others));
      const twin = others.find((other) => missing.some(({ rule }) => same(ruleAttributes, rule, other.rule)));
      if (twin !== undefined) throw cannotGiveBack(key);
      const gone: Rule | undefined = ours[0]?.rule;
      const deletions = gone === undefined ? [] : times(ours.length, del(gone, tag));
      return {
        keys: [key],
        steps: [...missing.map(({ rule, protocol }) => add(rule, protocol)), ...deletions],
        // By its words alone the kernel might take ours for one without a tag: ours goes first.
        undo: [...deletions, ...delAllForeign(missing), ...ours.map(addBack)],
        register: [{ at }],
        becomes: [{ key, rules: [...others, ...missing] }],
        notes: [],
      };
    },
    missing: (state) => {
      const lost = taken.find((one) => !isThere(one, rulesAtKey(state, key)));
      return lost === undefined ? undefined : `${key} of proto ${lost.protocol} is not given back`;
    },
  };
}
