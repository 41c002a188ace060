import { PolicyRoutingError } from "../errors";
import type { Family } from "../spec/family";
import { ruleKey } from "../spec/key";
import type { Tags } from "../spec/owner";
import { type Rule, ruleAttributes } from "../spec/rule/rule";
import { channelOf, emptyPlan, isRemovable, type Mandate, type Plan, type Step, type Unwanted, type Wanted } from "./change";
import { needsOf } from "./gate";
import { ownLine } from "./register";
import { type ObservedRule, rulesAt, type State } from "./state";
import { asAsked, fits, same, wordsOf } from "./words";

const stage = 40;
const kernelProto = 2;

const add = (rule: Rule, proto: number): Step =>
  [channelOf(rule.family), "rule add", ...wordsOf(ruleAttributes, rule), ...(proto === 0 ? [] : ["proto", proto])].join(" ");
/** `pref P proto OURS` names exactly one rule; more words would be a pattern with wildcards. */
const del = ({ family, priority }: Pick<Rule, "family" | "priority">, proto: number): Step =>
  `${channelOf(family)} rule del pref ${priority} proto ${proto}`;
const times = (count: number, step: Step): Step[] => (count === 1 ? [step] : Array.from({ length: count }, () => step));

/** A displaced rule waits under STAGING for its own resource's change: then nothing that was declared is ever missing. */
export const stagingKey = (key: string): string => `${key} staging`;

interface Place {
  readonly all: readonly ObservedRule[];
  readonly ours: readonly ObservedRule[];
  readonly staged: readonly ObservedRule[];
  readonly foreign: readonly ObservedRule[];
}

const nothingThere: Place = { all: [], ours: [], staged: [], foreign: [] };

function placeOf(state: State, rule: Pick<Rule, "family" | "priority">, tags: Tags): Place {
  const all = rulesAt(state, rule.family, rule.priority);
  if (all.length === 0) return nothingThere;
  return {
    all,
    ours: all.filter(({ protocol }) => protocol === tags.owner),
    staged: all.filter(({ protocol }) => protocol === tags.staging),
    foreign: all.filter(({ protocol }) => protocol !== tags.owner && protocol !== tags.staging),
  };
}

/** Whatever happened in between: delete what carries our tags at this priority, then add what was observed. */
function undoAt(
  rule: Pick<Rule, "family" | "priority">,
  { all, ours, staged }: Place,
  tags: Tags,
  adopted: readonly ObservedRule[],
): Step[] {
  const observed = all.filter((old) => staged.includes(old) || ours.includes(old) || adopted.includes(old));
  return [
    ...times(Math.max(1, staged.length), del(rule, tags.staging)),
    ...times(Math.max(1, ours.length), del(rule, tags.owner)),
    ...observed.map((old) => add(old.rule, old.protocol)),
  ];
}

function ensure(rule: Rule, state: State, { id, stack, tags, adopt }: Mandate): Plan {
  const key = ruleKey(rule);
  const place = placeOf(state, rule, tags);
  const { ours, staged, foreign } = place;
  const owner = state.register.entries.get(key);
  const displaced = state.register.entries.get(stagingKey(key));
  if (owner !== undefined && owner.id !== id && owner.stack !== stack && ours.length > 0 && !adopt)
    throw new PolicyRoutingError("conflict", {
      object: key,
      what: `belongs to ${owner.id} of stack ${owner.stack}`,
      next: "choose another priority, remove it there, or set adopt: true to take it over",
    });
  const notes: string[] = [];
  const own = owner?.id === id ? [] : [ownLine(key, { id, stack })];
  // All that is new stands before anything old goes: rules that change places are never missing.
  const prepare: Step[] = [];
  const steps: Step[] = [];
  const finish: Step[] = [];
  const register: string[] = [];
  // Under STAGING without a register entry: a transaction that did not finish left it behind. In our own name: we come back to our place.
  const clear = displaced === undefined || displaced.id === id ? times(staged.length, del(rule, tags.staging)) : [];
  if (displaced?.id === id) register.push(stagingKey(key));
  const adopted = ours.length === 0 ? adoptable(rule, foreign, adopt) : [];
  const [current] = ours;
  if (current === undefined) {
    prepare.push(add(rule, tags.owner));
    steps.push(...clear, ...adopted.map(delForeign));
    for (const old of adopted) notes.push(`took over ${describe(old.rule)} (proto ${old.protocol})`);
  } else if (ours.length === 1 && current.unread.length === 0 && same(ruleAttributes, rule, current.rule)) {
    steps.push(...clear);
  } else {
    if (displaced !== undefined && displaced.id !== id) register.push(stagingKey(key));
    if (owner !== undefined && owner.id !== id && owner.stack === stack) {
      steps.push(...times(staged.length, del(rule, tags.staging)));
      // Its owner is about to change too (a swap, an insertion, a rename): keep its rule until then.
      steps.push(add(current.rule, tags.staging), ...times(ours.length, del(rule, tags.owner)), add(rule, tags.owner));
      register.push(ownLine(stagingKey(key), owner));
    } else {
      prepare.push(...times(staged.length, del(rule, tags.staging)), add(rule, tags.staging));
      steps.push(...times(ours.length, del(rule, tags.owner)), add(rule, tags.owner));
      finish.push(del(rule, tags.staging));
    }
  }
  if (current !== undefined && owner === undefined) notes.push("was there with our tag and in nobody's name: taken over");
  if (current !== undefined && owner !== undefined && owner.id !== id && owner.stack !== stack)
    notes.push(`taken over from ${owner.id} of stack ${owner.stack}`);
  const idle = prepare.length + steps.length === 0;
  const undo = idle ? [] : undoAt(rule, place, tags, adopted);
  const kept = foreign.filter((other) => !adopted.includes(other));
  const waiting =
    register.some((line) => line.startsWith(`${stagingKey(key)}\t`)) && current !== undefined
      ? [{ ...current, protocol: tags.staging }]
      : [];
  const becomes = idle ? [] : [{ key, rules: [...kept, ...waiting, { rule, protocol: tags.owner, unread: [] }], routes: [] }];
  return { keys: [key], prepare, steps, finish, undo, register: [...register, ...own], becomes, notes };
}

/** The foreign rules that `adopt` replaces: the one that is the same but for its tag, else the only one at this priority. */
function adoptable(rule: Rule, foreign: readonly ObservedRule[], adopt: boolean): readonly ObservedRule[] {
  const twins = foreign.filter((other) => other.unread.length === 0 && same(ruleAttributes, rule, other.rule));
  const [twin] = twins;
  if (!adopt) {
    if (twin === undefined) return [];
    throw new PolicyRoutingError("conflict", {
      object: ruleKey(rule),
      what: `a foreign rule says the same: ${describe(twin.rule)}, proto ${twin.protocol}`,
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

/** An untagged rule cannot be named by its tag: it stands before ours, so the first match is it. */
function delForeign({ rule, protocol }: ObservedRule): Step {
  return add(rule, protocol).replace("rule add", "rule del");
}

function remove(key: string, rule: Pick<Rule, "family" | "priority">, staging: boolean, state: State, mandate: Mandate): Plan {
  const { tags } = mandate;
  if (!isRemovable(state.register.entries.get(key), mandate)) return emptyPlan([ruleKey(rule)]);
  const place = placeOf(state, rule, tags);
  const steps = staging ? times(place.staged.length, del(rule, tags.staging)) : times(place.ours.length, del(rule, tags.owner));
  const gone = staging ? tags.staging : tags.owner;
  const left = rulesAt(state, rule.family, rule.priority).filter(({ protocol }) => protocol !== gone);
  return {
    keys: [ruleKey(rule)],
    steps,
    undo: steps.length === 0 ? [] : undoAt(rule, place, tags, []),
    register: [key],
    becomes: steps.length === 0 ? [] : [{ key: ruleKey(rule), rules: left, routes: [] }],
    notes: [],
  };
}

export function describe(rule: Rule): string {
  return ["ip", `-${channelOf(rule.family)}`, "rule", ...wordsOf(ruleAttributes, rule)].join(" ");
}

export function wantedRule(rule: Rule): Wanted {
  const key = ruleKey(rule);
  return {
    key,
    label: describe(rule),
    needs: needsOf(ruleAttributes, rule),
    stage,
    ensure: (state, mandate) => ensure(rule, state, mandate),
    missing: (state, tags) => {
      const { ours } = placeOf(state, rule, tags);
      const [current] = ours;
      if (current === undefined) return "is not there";
      if (ours.length > 1) return `is there ${ours.length} times`;
      return current.unread.length === 0 && same(ruleAttributes, rule, current.rule)
        ? undefined
        : `is ${describe(current.rule)}${current.unread.length > 0 ? ` with ${current.unread.join(", ")}` : ""}`;
    },
    stored: (tags) => add(rule, tags.owner),
    read: (state, tags, id) => {
      const { ours, staged } = placeOf(state, rule, tags);
      const owner = state.register.entries.get(key);
      const waiting = state.register.entries.get(stagingKey(key))?.id === id ? staged[0] : undefined;
      const current = waiting ?? (owner === undefined || owner.id === id ? ours[0] : undefined);
      return current === undefined ? undefined : asAsked(ruleAttributes, rule, current.rule);
    },
  };
}

/** The rule of a register's key, `rule FAMILY PRIORITY [staging]`; undefined when the key is none. */
export function unwantedRule(key: string): Unwanted | undefined {
  const [, family, priority, staging] = /^rule (inet6?) ([0-9]+)( staging)?$/.exec(key) ?? [];
  if (family === undefined || priority === undefined) return undefined;
  const rule = { family: family === "inet" ? "inet" : "inet6", priority: Number(priority) } satisfies { family: Family; priority: number };
  return {
    key,
    stage,
    remove: (state, mandate) => remove(key, rule, staging !== undefined, state, mandate),
    remains: (state, tags) => {
      const { ours, staged } = placeOf(state, rule, tags);
      const [left] = staging === undefined ? ours : staged;
      return left === undefined ? undefined : describe(left.rule);
    },
  };
}
