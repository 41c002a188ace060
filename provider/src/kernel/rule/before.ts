import { routeKey, ruleKey } from "../../declaration/key";
import { defaultOwner, type Tags } from "../../declaration/owner";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { givenRule, type ObservedRule, routesAt, rulesAt, type State } from "../observed/state";
import { linesAt } from "../plan/register";
import { describe as describeRoute } from "../route/steps";
import { choosesAs, covers } from "./covers";
import { describe as describeRule } from "./steps";

const kernel = 2;

/** In nobody's name: of another stack's entry the register says whose it is, and an older line means the default tag. */
const isForeign = (key: string, protocol: number, { register }: State, tags: Tags): boolean =>
  ![kernel, tags.owner, tags.staging].includes(protocol) &&
  !linesAt(register, key).some(({ owner, staging }) => (typeof owner === "number" ? owner + (staging ? 1 : 0) : defaultOwner) === protocol);

/** A rule of somebody else that is asked before this one about all its packets, as an old file adds it at a boot; undefined: there is none. */
export function ruleBefore(rule: Rule, state: State, tags: Tags): string | undefined {
  const { family, priority } = rule;
  const here = rulesAt(state, family, priority);
  const first = here.slice(
    0,
    here.findIndex(({ protocol }) => protocol === tags.owner),
  );
  const early = state.rules.find(
    (one) =>
      one.rule.family === family &&
      (one.rule.priority < priority || first.includes(one)) &&
      isForeign(ruleKey(one.rule), one.protocol, state, tags) &&
      takesFrom(one, rule),
  );
  return early === undefined ? undefined : `${describeRule(givenRule(early))} (proto ${early.protocol}) takes its packets before it`;
}

/** Of a rule that looks into a table it is sure only where both choose the same: what a wider one is for is not known here. */
function takesFrom({ rule: early, unread }: ObservedRule, rule: Rule): boolean {
  const isPassing =
    early.goto !== undefined ||
    early.action === "nop" ||
    early.l3mdev === true ||
    early.suppressPrefixlength !== undefined ||
    early.suppressIfgroup !== undefined;
  if (unread.length > 0 || isPassing) return false;
  return early.action === undefined ? choosesAs(early, rule) : covers(early, rule);
}

/** A route of somebody else at the same key, of which the kernel takes the first. */
export function routeBefore(route: Route, state: State, tags: Tags): string | undefined {
  const key = routeKey(route);
  const [first, ...others] = routesAt(state, key);
  if (first === undefined || !others.some(({ protocol }) => protocol === tags.owner) || !isForeign(key, first.protocol, state, tags))
    return undefined;
  return `${describeRoute(first.route)} (proto ${first.protocol}) stands before it: packets go by that one`;
}
