import type { Adopt } from "../../declaration/adopt";
import { ruleKey } from "../../declaration/key";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import type { RuleSet } from "../../declaration/rule/ruleSet";
import { givenRule, type ObservedRule } from "../observed/state";
import { adoptAdvice, conflict, differs } from "../plan/adoption";
import { ofWhom, type Title, titleOf } from "../plan/ownership";
import { fits, same } from "../words";
import type { Place } from "./place";
import { describe } from "./steps";

const kernelProto = 2;

const shown = (one: ObservedRule): string =>
  [describe(givenRule(one)), ...(one.unread.length === 0 ? [] : [`with ${one.unread.join(", ")}`]), `proto ${one.protocol}`].join(", ");

/** Those that say the same, but for their tags and for host bits, which the kernel does not look at when it routes. */
const twinsOf = (rule: Rule, foreign: readonly ObservedRule[]): ObservedRule[] =>
  foreign.filter((other) => other.unread.length === 0 && same(ruleAttributes, rule, other.rule));

/** Of each of these. */
const allTwins = (rules: readonly Rule[], foreign: readonly ObservedRule[]): ObservedRule[] => {
  const twins = new Set(rules.flatMap((rule) => twinsOf(rule, foreign)));
  return foreign.filter((one) => twins.has(one));
};

/** The foreign rules that `adopt` takes away. `holder` is another one, whose rules ours are until now. */
export function adoptedFor(
  rule: RuleSet,
  members: readonly Rule[],
  place: Place,
  holder: Title | undefined,
  adopt: Adopt,
): readonly ObservedRule[] {
  const { ours, displaced, shared } = place;
  // What waits for another's change stays, and the kernel may take it for a foreign one.
  if (ours.length === 0) return adoptable(rule, members, displaced === undefined ? place : { ...place, staged: [] }, adopt);
  if (adopt === false || holder !== undefined || shared !== undefined) return [];
  return twinsBeside(adopt === "same" ? members : [...members, ...ours.map((one) => one.rule)], place);
}

/** All that are the same but for their tags, else the only one at this priority. */
function adoptable(rule: RuleSet, members: readonly Rule[], { foreign, titles, ...place }: Place, adopt: Adopt): readonly ObservedRule[] {
  if (members.length === 0) return [];
  const key = ruleKey(rule);
  const twins = allTwins(members, foreign);
  const [twin] = twins;
  const kernels = twins.find(({ protocol }) => protocol === kernelProto);
  if (kernels !== undefined)
    throw conflict(
      "not-taken-over",
      key,
      `the kernel's own rule says the same: ${shown(kernels)}`,
      "leave it out: the kernel keeps it, and makes it again",
    );
  if (!adopt) {
    if (twin === undefined) return [];
    throw conflict(
      "foreign-entry",
      key,
      `a foreign rule says the same: ${shown(twin)}${ofWhom(titleOf(titles, twin.protocol))}`,
      `${adoptAdvice(true)}, or remove it on the host`,
    );
  }
  const others = foreign.filter(({ protocol }) => protocol !== kernelProto);
  if (adopt === "same" && twins.length === 0 && others.length > 0) throw differs(key, others.map(shown).join("; "), describe(rule));
  const candidates = twins.length > 0 ? twins : others;
  const [confused] = confusedWith(candidates, place);
  if (confused !== undefined)
    throw conflict(
      "not-taken-over",
      key,
      `the kernel may take another rule for the foreign one to take over: ${shown(confused)}`,
      "remove one of them on the host, or choose another priority",
    );
  if (twins.length > 0 || (candidates.length <= 1 && candidates.every(({ unread }) => unread.length === 0))) return candidates;
  throw conflict(
    "not-taken-over",
    key,
    candidates.length > 1
      ? `cannot tell which of ${candidates.length} foreign rules to take over: ${candidates.map((other) => describe(givenRule(other))).join("; ")}`
      : `the foreign rule has attributes that could not be put back: ${candidates.flatMap(({ unread }) => unread).join(", ")}`,
    "remove them on the host, or choose another priority",
  );
}

/**
 * Foreign rules beside ours that say the same as it does or did, as other managers add them: `adopt` takes these away. One that the kernel
 * may take for another stays.
 */
function twinsBeside(rules: readonly Rule[], { foreign, ...place }: Place): readonly ObservedRule[] {
  const all = allTwins(rules, foreign).filter(({ protocol }) => protocol !== kernelProto);
  return confusedWith(all, place).length === 0 ? all : [];
}

/** Others that the kernel may take for one of these. What is ours is deleted by its tag, before these. */
function confusedWith(
  meant: readonly ObservedRule[],
  { all, ours, staged, former }: Pick<Place, "all" | "ours" | "staged" | "former">,
): ObservedRule[] {
  const known = [...meant, ...ours, ...staged, ...former];
  return all.filter((other) => !known.includes(other) && meant.some((one) => isTakenFor(other, one)));
}

/**
 * What a rule leaves out is a wildcard when it is deleted or put back, a mark or mask of zero too; `not` and the target of `goto` are never
 * compared.
 */
function isTakenFor(other: ObservedRule, one: ObservedRule): boolean {
  const { not: _not, goto: _goto, fwmark, ...rest } = givenRule(one);
  const pattern = fwmark === undefined || /^0x0\/|\/0x0$/.test(fwmark) ? rest : { ...rest, fwmark };
  return (one.protocol === 0 || one.protocol === other.protocol) && fits(ruleAttributes, pattern, givenRule(other));
}
