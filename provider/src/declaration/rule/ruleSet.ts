import { isDeepStrictEqual } from "node:util";
import { familyOf, isEverything, maskedPrefixSchema } from "../address";
import { type Attribute, attribute, type Values } from "../attribute";
import type { Problem } from "../failures";
import type { Family } from "../family";
import { addressesOfSchema, isAddressesOf, mark } from "../followed";
import { z } from "../zod";
import { type Rule, ruleAttributes, settleRule } from "./rule";

/** In the kernel each rule has one source and one destination. */
const mostRules = 256;

const expected = `expected an IPv4 or IPv6 address or prefix, such as 203.0.113.1, 203.0.113.0/24 or 2001:db8::/32, or a list of 1 to ${mostRules} of them`;
const expectedSources = `${expected}, or { addressesOf: "eth1" }`;

const listSchema = z.array(maskedPrefixSchema).min(1, expected).max(mostRules, expected);

/** One prefix as it is; several without what is said twice, in one order: it means nothing among them. */
function inOrder(input: string | readonly string[]): string | readonly string[] {
  const all = [...new Set(typeof input === "string" ? [input] : input)].sort();
  const [first = "", ...others] = all;
  return others.length === 0 ? first : all;
}

const prefixesSchema = z.union([maskedPrefixSchema, listSchema], expected).transform(inOrder);
const sourcesSchema = z
  .union([maskedPrefixSchema, listSchema, addressesOfSchema], expectedSources)
  .transform((input) => (isAddressesOf(input) ? input : inOrder(input)));

export const listed = (prefixes: string | readonly string[]): readonly string[] => (typeof prefixes === "string" ? [prefixes] : prefixes);

/** Undefined where it is everything, which is the same as leaving it out. */
const settled = <Prefixes extends string | readonly string[]>(prefixes: Prefixes): Prefixes | undefined =>
  listed(prefixes).some(isEverything) ? undefined : prefixes;

/** Several of what a rule in the kernel has one of. */
const several = ({ observe, json, absent, ip }: Attribute<string>) => ({ observe, json, absent, ip });

const bits = "Host bits beyond a prefix are cleared, as the kernel ignores them.";
const set = "Of a list the kernel gets a rule for each, at the one priority.";

/** What is declared at one priority: a rule, or a set of rules that differ in `from` and `to` alone. */
export const ruleSetAttributes = {
  ...ruleAttributes,
  from: attribute({
    ...several(ruleAttributes.from),
    schema: sourcesSchema,
    settle: (sources) => (isAddressesOf(sources) ? sources : settled(sources)),
    words: (sources) => ["from", isAddressesOf(sources) ? `${mark}${sources.addressesOf}` : listed(sources).join(",")],
    doc: `Source address or prefix of the packet, or a list of them; or \`{ addressesOf: "eth1" }\`: the addresses that the device has on the host, followed when they change. ${set} ${bits}`,
    example: "203.0.113.10",
  }),
  to: attribute({
    ...several(ruleAttributes.to),
    schema: prefixesSchema,
    settle: settled,
    words: (prefixes) => ["to", listed(prefixes).join(",")],
    doc: `Destination address or prefix of the packet, or a list of them. ${set} ${bits}`,
    example: "198.51.100.0/24",
  }),
};

type RuleSetValues = Values<typeof ruleSetAttributes>;
/** A declared rule in canonical form. */
export type RuleSet = RuleSetValues & { family: Family; priority: number };
/** One of which all prefixes are said. */
export type LiteralRules = Omit<RuleSet, "from"> & { from?: string | readonly string[] };

/** The device whose addresses are its sources; undefined where these are said. */
export const deviceOf = ({ from }: Pick<RuleSet, "from">): string | undefined => (isAddressesOf(from) ? from.addressesOf : undefined);

/** As it is with these sources, of which there is one at least. */
export const withSources = ({ from: _from, ...rest }: RuleSet, sources: readonly string[]): LiteralRules => ({ ...rest, from: sources });

/** The same, where all prefixes are said. */
export function literally({ from, ...rest }: RuleSet): LiteralRules | undefined {
  if (from === undefined) return rest;
  return isAddressesOf(from) ? undefined : { ...rest, from };
}

const literalFrom = ({ from }: RuleSetValues): string | readonly string[] | undefined => (isAddressesOf(from) ? undefined : from);

/** What no attribute can say by itself. `pending` names the attributes whose values are not known yet. */
export function settleRuleSet(values: RuleSetValues, pending: ReadonlySet<string>): Problem[] {
  const known = (...names: (keyof RuleSetValues)[]) => names.every((name) => !pending.has(name));
  const sides = { from: literalFrom(values) ?? [], to: values.to ?? [] };
  const mixed = (["from", "to"] as const).filter((name) => known(name) && new Set(listed(sides[name]).map(familyOf)).size > 1);
  const { from: _from, to, ...rest } = values;
  const from = literalFrom(values);
  // Of one family, so the first speaks for all.
  const first = {
    ...rest,
    ...(from === undefined ? {} : { from: listed(from)[0] ?? "" }),
    ...(to === undefined ? {} : { to: listed(to)[0] ?? "" }),
  };
  const problems = settleRule(first, pending);
  if (first.family !== undefined) values.family = first.family;
  if (mixed.length > 0) problems.push(...mixed.map((name) => ({ path: [name], text: "holds prefixes of both address families" })));
  if (!known("from", "to")) return problems;
  const lists = (["from", "to"] as const).filter((name) => listed(sides[name]).length > 1);
  const [list = isAddressesOf(values.from) ? "from" : undefined] = lists;
  if (list !== undefined && values.not === true)
    problems.push({ path: ["not"], text: `cannot be combined with several prefixes in ${list}: each packet is outside of one of them` });
  if (countOf(values) > mostRules)
    problems.push({ path: ["to"], text: `makes ${countOf(values)} rules together with from: at most ${mostRules} can be` });
  return problems;
}

/** Of what a device has the host says how many. */
const countOf = (values: RuleSetValues): number => listed(literalFrom(values) ?? "").length * listed(values.to ?? "").length;

/** The rules of the kernel that it stands for. */
export function rulesIn({ priority, family, not, from, to, ...rest }: LiteralRules): Rule[] {
  const before = { priority, family, ...(not === undefined ? {} : { not }) };
  const sources = from === undefined ? [{}] : listed(from).map((one) => ({ from: one }));
  const destinations = to === undefined ? [{}] : listed(to).map((one) => ({ to: one }));
  return sources.flatMap((source) => destinations.map((destination) => ({ ...before, ...source, ...destination, ...rest })));
}

const withoutPrefixes = ({ from: _from, to: _to, ...rest }: Rule): object => rest;

/** Whether rules differ in their prefixes alone: then the kernel takes none of them for another. */
export const differInPrefixes = (rules: readonly Rule[]): boolean =>
  rules.every(
    (one) =>
      rules[0] !== undefined &&
      isDeepStrictEqual(withoutPrefixes(one), withoutPrefixes(rules[0])) &&
      (one.from === undefined) === (rules[0].from === undefined) &&
      (one.to === undefined) === (rules[0].to === undefined),
  );

/** What would declare these rules of one priority together; undefined where nothing would. */
export function setOf(rules: readonly Rule[]): LiteralRules | undefined {
  const [first, ...others] = rules;
  if (first === undefined || others.length === 0) return first;
  if (!differInPrefixes(rules) || first.not === true) return undefined;
  const pairs = new Set(rules.map(({ from, to }) => `${from} ${to}`));
  const set: LiteralRules = { ...first };
  for (const name of ["from", "to"] as const) {
    const prefixes = [...new Set(rules.flatMap((rule) => rule[name] ?? []))].sort();
    if (prefixes.length > 1) set[name] = prefixes;
  }
  return pairs.size === rules.length && countOf(set) === rules.length ? set : undefined;
}
