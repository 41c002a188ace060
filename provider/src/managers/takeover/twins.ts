import { isDeepStrictEqual } from "node:util";
import type { Tags } from "../../declaration/owner";
import type { ObservedRoute, ObservedRule } from "../../kernel/observed/state";
import { type IpStep, printStep } from "../../kernel/plan/step";
import { command } from "../../kernel/route/steps";
import { addBack as addRule } from "../../kernel/rule/steps";
import { type Entry, ownerOf, type Surroundings } from "./owners";

/**
 * The commands that remove what a manager made beside ours and says the same: rules by their own words and tag, at whatever priority; routes
 * at our key. What has no tag is named by its words alone, and `ip` takes the first that fits: where that may be ours, there is no command,
 * and `adopt` of the next change takes it away. What is another program's or the kernel's is no twin, whatever it says: without its own
 * rule for table main a host is lost.
 */
export function twinCommands(
  { rules, routes }: { readonly rules: readonly ObservedRule[]; readonly routes: readonly ObservedRoute[] },
  { owner, staging }: Tags,
  beside: Surroundings,
): string[] {
  const removal = (added: IpStep): string => printStep({ ...added, words: added.words.map((word, at) => (at === 1 ? "del" : word)) });
  const without = <Value extends object>(value: Value): object => ({ ...value, priority: 0 });
  const ourRules = rules.filter(({ protocol }) => protocol === owner);
  const ourRoutes = routes.filter(({ protocol }) => protocol === owner);
  const isPersons = (entry: Entry): boolean => ownerOf(entry, beside)?.isHere !== true;
  const isForeign = ({ protocol, unread }: ObservedRule | ObservedRoute): boolean =>
    protocol !== owner && protocol !== staging && unread.length === 0;
  const isNamed = ({ rule, protocol }: ObservedRule): boolean =>
    protocol !== 0 || !ourRules.some(({ rule: { family, priority } }) => family === rule.family && priority === rule.priority);
  const ruleTwins = rules.filter(
    (one) =>
      isForeign(one) &&
      isPersons({ kind: "rule", values: one.rule, protocol: one.protocol }) &&
      isNamed(one) &&
      ourRules.some(({ rule }) => isDeepStrictEqual(without(rule), without(one.rule))),
  );
  const routeTwins = routes.filter(
    (one) =>
      isForeign(one) &&
      isPersons({ kind: "route", values: one.route, protocol: one.protocol }) &&
      one.protocol !== 0 &&
      ourRoutes.some(({ route }) => isDeepStrictEqual(route, one.route)),
  );
  return [
    ...ruleTwins.map((one) => removal(addRule(one))),
    ...routeTwins.map(({ route, protocol }) => removal(command("add", route, protocol))),
  ];
}
