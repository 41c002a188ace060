import { attribute, numberAt, type Values } from "../attribute";
import type { Problem } from "../failures";
import { type Family, families } from "../family";
import { familyAttribute } from "../familyAttribute";
import { integer } from "../number";
import { oneActionOf, ruleActions } from "./actions";
import { packetSelectors } from "./packet";
import { familyOfRule, ruleSelectors } from "./selectors";

/** The kernel's own rules stand at 0, 32766 and 32767; below 100 a foreign rule without a priority would land before ours. */
export const priorities = { lowest: 1, highest: 32765, advised: 100 } as const;

const priority = attribute({
  schema: integer(priorities.lowest, priorities.highest),
  words: (value) => ["pref", String(value)],
  observe: (json) => numberAt(json, "priority"),
  json: ["priority"],
  doc: `Place of the rule in the order of evaluation, lowest first, from ${priorities.lowest} to ${priorities.highest}; ${priorities.advised} or more is advised. One declared rule per host, family and priority.`,
  absent: "required",
  ip: "priority N",
  example: 1000,
});

const family = familyAttribute("taken from `from` or `to`; required when neither is given");

/** Every attribute of a rule, in the order in which `ip` is given its words. */
export const ruleAttributes = { priority, family, ...ruleSelectors, ...packetSelectors, ...ruleActions };

type RuleValues = Values<typeof ruleAttributes>;
/** A rule in canonical form. */
export type Rule = RuleValues & { family: Family; priority: number };

/** What no attribute can say by itself. `pending` names the attributes whose values are not known yet. */
export function settleRule(values: RuleValues, pending: ReadonlySet<string>): Problem[] {
  const known = (...names: (keyof RuleValues)[]) => names.every((name) => !pending.has(name));
  const problems: Problem[] = known("family", "from", "to") ? settleFamily(values) : [];
  if (values.priority === undefined && known("priority"))
    problems.push({ path: ["priority"], text: `is required: a whole number from ${priorities.lowest} to ${priorities.highest}` });
  if (known(...oneActionOf, "l3mdev")) problems.push(...settleAction(values));
  if (known("goto", "priority") && values.goto !== undefined && values.priority !== undefined && values.goto <= values.priority)
    problems.push({ path: ["goto"], text: "must be a later priority: the kernel jumps forward only" });
  if (known("tos", "dscp") && values.tos !== undefined && values.dscp !== undefined)
    problems.push({ path: ["dscp"], text: "cannot be combined with tos: both look at the same byte" });
  // The kernel would heed it with l3mdev too, but ip does not show it there.
  for (const name of ["suppressPrefixlength", "suppressIfgroup"] as const)
    if (known(name, "table") && values[name] !== undefined && values.table === undefined)
      problems.push({ path: [name], text: "has a meaning only with table" });
  return problems;
}

/** The prefixes say the family; without one it must be said. */
function settleFamily(values: RuleValues): Problem[] {
  const problems: Problem[] = [];
  const { from, to } = values;
  if (from !== undefined && to !== undefined && familyOfRule({ to }) !== familyOfRule({ from }))
    problems.push({ path: ["to"], text: "is of another address family than from" });
  const inferred = familyOfRule(values);
  if (values.family !== undefined && inferred !== undefined && values.family !== inferred)
    problems.push({ path: ["family"], text: `is not the family of ${from === undefined ? "to" : "from"}, which is ${inferred}` });
  if (inferred !== undefined) values.family ??= inferred;
  if (values.family === undefined)
    problems.push({ path: ["family"], text: `is required where neither from nor to says it: ${families.join(" or ")}` });
  return problems;
}

/** A rule does exactly one thing; what a VRF's rule does without being told is a lookup in the VRF's table. */
function settleAction(values: RuleValues): Problem[] {
  const [first, ...others] = oneActionOf.filter((name) => values[name] !== undefined);
  const l3mdev = values.l3mdev === true;
  if (first === undefined) return l3mdev ? [] : [{ path: ["table"], text: "is required, unless goto, action or l3mdev is given" }];
  return [
    ...others.map((name) => ({ path: [name], text: `cannot be combined with ${first}: a rule does one thing` })),
    ...(l3mdev && values.table !== undefined
      ? [{ path: ["l3mdev"], text: "cannot be combined with table: it takes that of the VRF" }]
      : []),
  ];
}
