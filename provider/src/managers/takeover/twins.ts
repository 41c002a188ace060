import { isDeepStrictEqual } from "node:util";
import type { Tags } from "../../declaration/owner";
import type { ObservedRoute, ObservedRule } from "../../kernel/observed/state";
import { type IpStep, printStep } from "../../kernel/plan/step";
import { command } from "../../kernel/route/steps";
import { addBack as addRule } from "../../kernel/rule/steps";

/**
 * The commands that remove what a manager made beside ours and says the same: rules by their own words and tag, at whatever priority; routes
 * at our key. What has no tag is named by its words alone, and `ip` takes the first that fits: where that may be ours, there is no command,
 * and `adopt` of the next change takes it away.
 */
export function twinCommands(rules: readonly ObservedRule[], routes: readonly ObservedRoute[], { owner }: Tags): string[] {
  const removal = (added: IpStep): string => printStep({ ...added, words: added.words.map((word, at) => (at === 1 ? "del" : word)) });
  const without = <Value extends object>(value: Value): object => ({ ...value, priority: 0 });
  const ourRules = rules.filter(({ protocol }) => protocol === owner);
  const ourRoutes = routes.filter(({ protocol }) => protocol === owner);
  const isForeign = ({ protocol, unread }: ObservedRule | ObservedRoute): boolean =>
    protocol !== owner && protocol !== 2 && unread.length === 0;
  const isNamed = ({ rule, protocol }: ObservedRule): boolean =>
    protocol !== 0 || !ourRules.some(({ rule: { family, priority } }) => family === rule.family && priority === rule.priority);
  const ruleTwins = rules.filter(
    (one) => isForeign(one) && isNamed(one) && ourRules.some(({ rule }) => isDeepStrictEqual(without(rule), without(one.rule))),
  );
  const routeTwins = routes.filter(
    (one) => isForeign(one) && one.protocol !== 0 && ourRoutes.some(({ route }) => isDeepStrictEqual(route, one.route)),
  );
  return [
    ...ruleTwins.map((one) => removal(addRule(one))),
    ...routeTwins.map(({ route, protocol }) => removal(command("add", route, protocol))),
  ];
}
