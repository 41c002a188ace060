import { routeKey, ruleKey } from "../../declaration/key";
import { registerKey } from "../../declaration/registerKey";
import type { ObservedRoute, ObservedRule } from "../observed/state";
import { describe as describeRoute } from "../route/route";
import { describe as describeRule } from "../rule/rule";
import type { Network } from "./network";

/** A rule in the words of `ip`, with the device that it follows: `from 198.18.128.10 (eth1 now)`. */
export const shownRule = ({ follows }: Pick<Network, "follows">, { rule, protocol }: ObservedRule): string =>
  noted(describeRule(rule), `from ${rule.from}`, follows?.get(registerKey(ruleKey(rule), protocol)));

/** A route in the words of `ip`, with the device that it follows: `via 198.18.128.1 (eth1 now)`. */
export const shownRoute = ({ follows }: Pick<Network, "follows">, { route, protocol }: ObservedRoute): string =>
  noted(describeRoute(route), `via ${route.via}`, follows?.get(registerKey(routeKey(route), protocol)));

const noted = (described: string, words: string, device: string | undefined): string =>
  device === undefined ? described : described.replace(` ${words} `, ` ${words} (${device} now) `);
