import { families } from "../../declaration/family";
import { followingAddresses } from "../../declaration/followed";
import { ruleKey } from "../../declaration/key";
import type { Rule } from "../../declaration/rule/rule";
import { deviceOf, type RuleSet, ruleSetAttributes, setOf } from "../../declaration/rule/ruleSet";
import { type EntryOnHosts, type Seen, withTag } from "../observed/kind";
import { become, lookedAtAgain } from "../observed/lists";
import { type Look, lookAtRules, lookAtUplinks, together } from "../observed/look";
import { givenRule, type ObservedRule, rulesAtKey, type State, tagsIn } from "../observed/state";
import { same } from "../words";
import { familyAt, following } from "./followed";
import { rulesBack, takenRules } from "./givenBack";
import { unwantedRule, wantedRule } from "./rule";
import { describe } from "./steps";

/** Many stand on a host, and of most only a key is asked. */
class SeenRule implements Seen {
  readonly key: string;
  readonly protocol: number;
  readonly values: Rule;
  readonly unread: readonly string[];
  readonly #one: ObservedRule;
  readonly #state: State;

  constructor(one: ObservedRule, state: State) {
    this.key = ruleKey(one.rule);
    this.protocol = one.protocol;
    this.values = givenRule(one);
    this.unread = one.unread;
    this.#one = one;
    this.#state = state;
  }

  /** As one declaration, with the others there of its tag; of what would be several, itself. */
  get found(): Seen["found"] {
    return setOf(this.#beside) ?? this.#one.rule;
  }

  get isOfSet(): boolean {
    return setOf(this.#beside) !== undefined;
  }

  get #beside(): Rule[] {
    return rulesOf(this.key, this.protocol, this.#state);
  }

  print(): string {
    return withTag(describe(this.values), this.#one);
  }
}

const rulesOf = (key: string, tag: number, state: State): Rule[] =>
  rulesAtKey(state, key).flatMap(({ rule, protocol }) => (protocol === tag ? [rule] : []));

const keyOf = ({ rule }: ObservedRule): string => ruleKey(rule);

const lookAtRule = (rule: RuleSet): Look =>
  deviceOf(rule) === undefined ? lookAtRules(rule.family) : together([lookAtRules(rule.family), lookAtUplinks]);

function imported([family = "", priority = "", ...rest]: readonly string[]): ReturnType<EntryOnHosts<RuleSet>["imported"]> {
  const known = families.find((one) => one === family);
  if (known === undefined || !/^[0-9]{1,10}$/.test(priority) || rest.length > 0) return undefined;
  return { key: ruleKey({ family: known, priority: Number(priority) }), look: lookAtRules(known) };
}

/** Rules that one declaration would make are one. */
function asOne(all: readonly Seen[]): readonly Seen[] {
  const [first] = all;
  const isOne =
    first instanceof SeenRule && first.isOfSet && all.every((one) => one.protocol === first.protocol && one.unread.length === 0);
  return isOne ? [first] : all;
}

export const rules: EntryOnHosts<RuleSet> = {
  word: "rule",
  wanted: wantedRule,
  look: lookAtRule,
  lookAt: (key) => lookAtRules(familyAt(key)),
  isShown: (key, seen) => seen.rules.has(familyAt(key)),
  imported,
  asOne,
  seen: (state) => state.rules.map((one) => new SeenRule(one, state)),
  tagsAt: (state, key) => tagsIn(rulesAtKey(state, key)),
  following,
  countIn: ({ more = 1 }) => Number(more),
  takenAt: takenRules,
  givenBack: rulesBack,
  isExchanged: true,
  unwanted: unwantedRule,
  after: (state, { becomes }) => ({ rules: become(state.rules, keyOf, becomes, (one) => one.rules) }),
  again: (first, second, keys) => ({ rules: lookedAtAgain(first.rules, second.rules, keyOf, keys) }),
  own: ({ key, tag, device }, state) => {
    const all = rulesOf(key, tag, state);
    const set = setOf(all);
    // What a device has is the host's matter: its lease may end, and nobody changed anything.
    if (set?.from !== undefined && device !== undefined) return followingAddresses(set, device);
    // Several that are no set of one declaration: somebody added to it.
    return set ?? all[0];
  },
  says: (asked, observed) => same(ruleSetAttributes, asked, observed),
  held: {
    as: (rule) => ({ rule }),
    of: (object) => ("rule" in object ? object.rule : undefined),
  },
};
