import { contains } from "../../spec/address";
import type { ObservedRule } from "../state";
import type { Flow } from "./flow";

/** `unknown`: it depends on something that the flow does not say, or on a selector that this version does not know. */
export type Match = boolean | "unknown";

const nowhere = { inet: "0.0.0.0", inet6: undefined } as const;

/** Selectors that must all hold; one that cannot be told leaves the whole open, unless another one fails. */
function all(matches: readonly Match[]): Match {
  if (matches.includes(false)) return false;
  return matches.includes("unknown") ? "unknown" : true;
}

function markMatches(fwmark: string, mark: number | undefined): Match {
  const [value = 0, mask = 0] = fwmark.split("/").map(Number);
  if (mask === 0) return true; // whatever the mark: `fwmark 0` without a mask
  return mark === undefined ? "unknown" : ((mark ^ value) & mask) === 0;
}

/** Whether a rule applies to a flow, as fib_rule_match() of the kernel decides. */
export function ruleMatches({ rule, unread }: ObservedRule, flow: Flow): Match {
  const from = flow.from ?? nowhere[flow.family];
  const selected = all([
    rule.family === flow.family,
    rule.from === undefined || (from !== undefined && contains(rule.from, from)),
    rule.to === undefined || contains(rule.to, flow.to),
    rule.iif === undefined || rule.iif === (flow.iif ?? "lo"),
    rule.oif === undefined || rule.oif === flow.oif,
    rule.fwmark === undefined || markMatches(rule.fwmark, flow.mark),
    unread.length === 0 || "unknown",
  ]);
  if (rule.not !== true || selected === "unknown") return selected;
  return !selected;
}
