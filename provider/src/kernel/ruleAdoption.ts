import { PolicyRoutingError } from "../errors";
import { ruleKey } from "../spec/key";
import { type Rule, ruleAttributes } from "../spec/rule/rule";
import { ofWhom, type Title, titleOf } from "./ownership";
import { describe } from "./ruleSteps";
import type { ObservedRule } from "./state";
import { fits, same } from "./words";

const kernelProto = 2;

/** The foreign rules that `adopt` replaces: the one that is the same but for its tag, else the only one at this priority. */
export function adoptable(rule: Rule, foreign: readonly ObservedRule[], titles: readonly Title[], adopt: boolean): readonly ObservedRule[] {
  const twins = foreign.filter((other) => other.unread.length === 0 && same(ruleAttributes, rule, other.rule));
  const [twin] = twins;
  if (!adopt) {
    if (twin === undefined) return [];
    throw new PolicyRoutingError("conflict", {
      object: ruleKey(rule),
      what: `a foreign rule says the same: ${describe(twin.rule)}, proto ${twin.protocol}${ofWhom(titleOf(titles, twin.protocol))}`,
      next: "set adopt: true to take it over, or remove it on the host",
    });
  }
  const candidates = twins.length > 0 ? twins : foreign.filter(({ protocol }) => protocol !== kernelProto);
  const [candidate] = candidates;
  const confused = candidate === undefined ? undefined : foreign.find((other) => other !== candidate && isTakenFor(other, candidate));
  if (confused !== undefined)
    throw new PolicyRoutingError("conflict", {
      object: ruleKey(rule),
      what: `the kernel may take another foreign rule for the one to take over: ${describe(confused.rule)}, proto ${confused.protocol}`,
      next: "remove one of them on the host, or choose another priority",
    });
  if (candidates.length <= 1 && candidates.every(({ unread }) => unread.length === 0)) return candidates;
  throw new PolicyRoutingError("conflict", {
    object: ruleKey(rule),
    what:
      candidates.length > 1
        ? `cannot tell which of ${candidates.length} foreign rules to take over: ${candidates.map((other) => describe(other.rule)).join("; ")}`
        : `the foreign rule has attributes that could not be put back: ${candidates.flatMap(({ unread }) => unread).join(", ")}`,
    next: "remove them on the host, or choose another priority",
  });
}

/**
 * What a rule leaves out is a wildcard when it is deleted or put back, a mark or mask of zero too; `not` and the target of `goto` are never
 * compared.
 */
function isTakenFor(other: ObservedRule, { rule, protocol }: ObservedRule): boolean {
  const { not: _not, goto: _goto, fwmark, ...rest } = rule;
  const pattern = fwmark === undefined || /^0x0\/|\/0x0$/.test(fwmark) ? rest : { ...rest, fwmark };
  return (protocol === 0 || protocol === other.protocol) && fits(ruleAttributes, pattern, other.rule);
}
