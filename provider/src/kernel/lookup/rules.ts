import type { Attribute, Exactly } from "../../declaration/attribute";
import { prefixBitsOf } from "../../declaration/bits";
import type { Family } from "../../declaration/family";
import type { Packet } from "../../declaration/flow";
import { ruleAttributes } from "../../declaration/rule/rule";
import { type Table, tableNumber } from "../../declaration/tableNumber";
import type { ObservedRule } from "../observed/state";
import type { Question } from "./cases";
import { PrefixTree } from "./prefixTree";

/** Those attributes that select packets, each with its own idea of when it does. */
const selectors = Object.entries<Attribute>(ruleAttributes).filter(([, { matcher }]) => matcher !== undefined);

const telling = selectors.filter(([, { exactly }]) => exactly !== undefined);

/** A rule made ready to be compared with many packets. */
export interface ReadyRule {
  readonly observed: ObservedRule;
  /** Its place in the order of evaluation, among the rules of its family. */
  readonly position: number;
  readonly selectors: readonly Question[];
  /** The number of its table; 0 for none. */
  readonly table: number;
  /** For `goto`: the position of the first rule at its target; undefined when there is none. */
  readonly target: number | undefined;
}

/** What a rule asks of a packet. */
function selectorsOf({ rule, unread }: ObservedRule): Question[] {
  const values: Readonly<Record<string, unknown>> = rule;
  const known = selectors.flatMap(([name, { matcher, words }]) =>
    values[name] === undefined || matcher === undefined
      ? []
      : [{ asks: words(values[name], rule).join(" "), matches: matcher(values[name]), selector: { name, value: values[name] } }],
  );
  return unread.length === 0 ? known : [...known, { asks: undefined, matches: () => "unknown" }];
}

/** Whether a rule can apply to a packet of which nothing is assumed: quick, for a rule that is asked once. */
export function mayMatch({ rule, unread }: ObservedRule, packet: Packet): boolean {
  const values: Readonly<Record<string, unknown>> = rule;
  let isOpen = unread.length > 0;
  for (const [name, { matcher }] of selectors) {
    const match = values[name] === undefined ? true : matcher?.(values[name])(packet);
    if (match === false) return rule.not === true;
    if (match === "unknown") isOpen = true;
  }
  return isOpen || rule.not !== true;
}

/**
 * Whether a rule applies to a packet, as fib_rule_match() of the kernel decides. All selectors must hold; the first that cannot be told
 * leaves it open, unless another one fails.
 */
export function ruleMatches(not: boolean | undefined, asked: readonly Question[], packet: Packet): boolean | Question {
  let open: Question | undefined;
  for (const question of asked) {
    const match = question.matches(packet);
    if (match === true) continue;
    const taken = match === false || question.asks === undefined ? match : packet.assumed.get(question.asks)?.fits;
    if (taken === false) return not === true;
    if (taken !== true) open ??= question;
  }
  return open ?? not !== true;
}

const tableNumberOf = (table: Table | undefined): number => (table === undefined ? 0 : tableNumber(table));

/** Rules that ask for exactly one value of a selector, by that value. */
interface Exact {
  readonly exactly: Exactly<unknown>;
  readonly byValue: Map<number | string, ReadyRule[]>;
  readonly all: ReadyRule[];
}

/**
 * The rules of one family in their order. A rule that asks for a source or destination prefix stands in a tree by that prefix, one that
 * asks for exactly one value of another selector in a map by that value: so only those are looked at that can apply. All others stand in
 * one list.
 */
export class Rules {
  readonly all: readonly ReadyRule[];
  readonly #bySource = new PrefixTree<ReadyRule[]>();
  readonly #byDestination = new PrefixTree<ReadyRule[]>();
  readonly #exact = new Map<string, Exact>();
  readonly #others: ReadyRule[] = [];

  constructor(observed: readonly ObservedRule[], family: Family) {
    // A stable sort: rules of one priority stay in the order in which `ip` shows them.
    const ordered = observed.filter(({ rule }) => rule.family === family).sort((a, b) => a.rule.priority - b.rule.priority);
    const first = new Map<number, number>();
    ordered.forEach(({ rule }, position) => {
      if (!first.has(rule.priority)) first.set(rule.priority, position);
    });
    this.all = ordered.map((one, position) => ({
      observed: one,
      position,
      selectors: selectorsOf(one),
      table: tableNumberOf(one.rule.table),
      target: one.rule.goto === undefined ? undefined : first.get(one.rule.goto),
    }));
    for (const ready of this.all) this.#add(ready);
  }

  #add(ready: ReadyRule): void {
    const { rule } = ready.observed;
    const list = (): ReadyRule[] => [];
    if (rule.not === true) this.#others.push(ready);
    else if (rule.from !== undefined) this.#bySource.at(prefixBitsOf(rule.from), list).push(ready);
    else if (rule.to !== undefined) this.#byDestination.at(prefixBitsOf(rule.to), list).push(ready);
    else if (!this.#addExact(ready)) this.#others.push(ready);
  }

  #addExact(ready: ReadyRule): boolean {
    const values: Readonly<Record<string, unknown>> = ready.observed.rule;
    for (const [name, { exactly }] of telling) {
      const asked = values[name] === undefined ? undefined : exactly?.asked(values[name]);
      if (exactly === undefined || asked === undefined) continue;
      const exact = this.#exact.get(name) ?? { exactly, byValue: new Map<number | string, ReadyRule[]>(), all: [] };
      this.#exact.set(name, exact);
      exact.all.push(ready);
      const same = exact.byValue.get(asked);
      if (same === undefined) exact.byValue.set(asked, [ready]);
      else same.push(ready);
      return true;
    }
    return false;
  }

  /** The lists of rules that can apply to a packet, each in order. */
  candidates(packet: Packet): Candidates {
    const lists: (readonly ReadyRule[])[] = [this.#others, ...this.#byDestination.holding(packet.toBits)];
    if (packet.fromBits !== undefined) lists.push(...this.#bySource.holding(packet.fromBits));
    for (const { exactly, byValue, all } of this.#exact.values()) {
      const had = exactly.had(packet);
      const list = had === undefined ? all : byValue.get(had);
      if (list !== undefined) lists.push(list);
    }
    return new Candidates(lists);
  }
}

/** Goes through several ordered lists as through one. */
export class Candidates {
  readonly #lists: readonly (readonly ReadyRule[])[];
  readonly #next: number[];

  constructor(lists: readonly (readonly ReadyRule[])[]) {
    this.#lists = lists;
    this.#next = lists.map(() => 0);
  }

  /** The next rule at `position` or later. */
  from(position: number): ReadyRule | undefined {
    let nearest: ReadyRule | undefined;
    for (let index = 0; index < this.#lists.length; index++) {
      const list = this.#lists[index] ?? [];
      let at = this.#next[index] ?? 0;
      let rule = list[at];
      while (rule !== undefined && rule.position < position) rule = list[++at];
      this.#next[index] = at;
      if (rule !== undefined && (nearest === undefined || rule.position < nearest.position)) nearest = rule;
    }
    return nearest;
  }
}
