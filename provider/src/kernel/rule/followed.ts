import type { Family } from "../../declaration/family";
import { followingAddresses } from "../../declaration/followed";
import type { Rule } from "../../declaration/rule/rule";
import { type RuleSet, rulesIn, withSources } from "../../declaration/rule/ruleSet";
import type { Following } from "../observed/kind";
import { lookAtUplinks } from "../observed/look";
import { sourcesOn, type Uplinks } from "../observed/uplinks";
import { followingWord } from "../plan/followed";

export const familyAt = (key: string): Family => (key.startsWith("rule inet6 ") ? "inet6" : "inet");

export const following: Following = {
  resolved: { from: undefined },
  changed: "other addresses",
  lookAt: () => lookAtUplinks,
  declared: (rule, device, key) => ({ ...followingAddresses(rule, device), family: familyAt(key) }),
};

/** The rules of a store, which say the device itself. */
export const symbolic = (rule: RuleSet, device: string): Rule[] => rulesIn(withSources(rule, [followingWord(device)]));

/**
 * The rules that a declared one is now; none while its device has no address. What the device had last, which is what stands, stays while it has
 * nothing, unless another device has it now.
 */
export function rulesNow(rule: RuleSet, device: string, uplinks: Uplinks, standing: readonly Rule[]): Rule[] {
  const now = sourcesOn(uplinks, rule.family, device);
  const sources = now.length > 0 ? now : lastOf(standing, rule.family, uplinks);
  return sources.length === 0 ? [] : rulesIn(withSources(rule, sources));
}

function lastOf(standing: readonly Rule[], family: Family, { sources }: Uplinks): string[] {
  const elsewhere = new Set([...sources[family].values()].flat());
  return [...new Set(standing.flatMap(({ from }) => (from === undefined || elsewhere.has(from) ? [] : [from])))];
}
