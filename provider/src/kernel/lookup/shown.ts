import { routeKey, ruleKey } from "../../declaration/key";
import { registerKey } from "../../declaration/registerKey";
import { routeAttributes } from "../../declaration/route/attributes";
import { ruleAttributes } from "../../declaration/rule/rule";
import type { ObservedRoute, ObservedRule } from "../observed/state";
import { wordsOf } from "../words";
import type { Network } from "./network";

type Follows = Pick<Network, "follows">;
/** What is not shown of it. */
type Without = { readonly table?: undefined };

/** A rule in the words of `ip`, with the device that it follows: `from 198.18.128.10 (eth1 now)`. */
export const shownRule = ({ follows }: Follows, { rule, protocol }: ObservedRule, without: Without = {}): string =>
  noted(wordsOf(ruleAttributes, { ...rule, ...without }), ["from", rule.from], follows?.get(registerKey(ruleKey(rule), protocol)));

/** A route in the words of `ip`, with the device that it follows: `via 198.18.128.1 (eth1 now)`. */
export const shownRoute = ({ follows }: Follows, { route, protocol }: ObservedRoute, without: Without = {}): string =>
  noted(wordsOf(routeAttributes, { ...route, ...without }), ["via", route.via], follows?.get(registerKey(routeKey(route), protocol)));

function noted(words: readonly string[], [name, value]: readonly [string, string | undefined], device: string | undefined): string {
  const behind = words.findIndex((word, index) => word === value && words[index - 1] === name) + 1;
  return (device === undefined || behind === 0 ? words : words.toSpliced(behind, 0, `(${device} now)`)).join(" ");
}
