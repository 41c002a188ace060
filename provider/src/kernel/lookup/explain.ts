import type { Attribute } from "../../declaration/attribute";
import type { Flow, Packet } from "../../declaration/flow";
import { ruleAttributes } from "../../declaration/rule/rule";
import type { ObservedRule } from "../observed/state";
import { channelOf } from "../plan/step";
import { casesOf, circumstances, isOpen } from "./cases";
import { readyFor } from "./compile";
import { nothingLeads } from "./ending";
import { lookup, lookupCase, packetIn } from "./lookup";
import type { Network } from "./network";
import { shownRoute, shownRule } from "./shown";
import { printVerdict, type Verdict, type Visit } from "./verdict";

/** One line of an explanation: a rule, and what it did with the packet or why it does not apply. */
export interface Line {
  readonly priority: number;
  readonly rule: string;
  readonly says: string;
}

export interface Explanation {
  readonly verdict: Verdict;
  /** Every rule up to the one that decides. */
  readonly lines: readonly Line[];
  /** The verdict as one sentence. */
  readonly sentence: string;
  /** Where the packet says too little: what becomes of it in each of the cases that may occur. */
  readonly cases: readonly Answer[];
}

/** One way that a packet may take, and where it does: `fwmark 0x1/0xff`. */
export interface Answer {
  readonly where: readonly string[];
  readonly sentence: string;
}

/** How a packet fares, rule by rule, the way a debugger would step through them. */
export function explain(network: Network, flow: Flow): Explanation {
  const verdict = lookup(network, flow);
  const visits = new Map(verdict.path.map((visit) => [visit.rule, visit]));
  const packet = packetIn(network, flow);
  const lines: Line[] = [];
  let next = 0;
  // Decided before any rule was looked at: by a source that is none, a device that is down.
  const early = verdict.path.length === 0 && "why" in verdict && verdict.kind !== "unsure" && verdict.why !== nothingLeads;
  const rules = early ? [] : readyFor(network, flow.family).rules.all;
  for (const { observed, position, target } of rules) {
    const visit = visits.get(observed);
    const says = visit === undefined ? (position < next ? "is jumped over" : whyNot(observed, packet)) : sentenceOf(visit, network);
    const isOpen = says === open;
    const told = isOpen && verdict.kind !== "unsure" ? allTheSame : says;
    lines.push({
      priority: observed.rule.priority,
      rule: `ip -${channelOf(flow.family)} rule ${shownRule(network, observed)}`,
      says: told,
    });
    if (visit?.outcome === "decides" || (isOpen && verdict.kind === "unsure")) break;
    if (visit?.outcome === "jumps" && target !== undefined) next = target;
  }
  return { verdict, lines, sentence: sentence(verdict), cases: verdict.kind === "unsure" ? answersOf(network, packet) : [] };
}

/** Cases that end alike are one answer. */
function answersOf(network: Network, packet: Packet): Answer[] {
  const told = casesOf(packet, (one) => lookupCase(network, one));
  if (isOpen(told) || told.cases.length < 2) return [];
  const bySentence = Map.groupBy(told.cases, ({ answer }) => sentence(answer));
  return [...bySentence].map(([says, all]) => ({ where: all.map((one) => circumstances(one.packet, packet)), sentence: says }));
}

const open = "cannot be told";
const allTheSame = "goes on: whether it applies cannot be told, and the way is the same";

/** The selectors that the packet does not have, in the words of `ip`. */
function whyNot({ rule, unread }: ObservedRule, packet: Packet): string {
  const values: Readonly<Record<string, unknown>> = rule;
  const failing = Object.entries<Attribute>(ruleAttributes).flatMap(([name, { matcher, words }]) =>
    values[name] === undefined || matcher === undefined || matcher(values[name])(packet) !== false
      ? []
      : [words(values[name], rule).join(" ")],
  );
  if (failing.length > 0 && rule.not !== true) return `does not apply: the packet is not ${failing.join(", ")}`;
  if (rule.not === true && unread.length === 0) return "does not apply: the packet is all that it excludes";
  return open;
}

function sentenceOf({ outcome, route, rule: { rule } }: Visit, network: Network): string {
  const shown = route === undefined ? "" : shownRoute(network, route);
  const sentences: Readonly<Record<Visit["outcome"], string>> = {
    decides: route === undefined ? "decides" : `decides: ${shown}`,
    "no route": `goes on: table ${rule.table} has no route for it`,
    throw: `goes on: ${shown}`,
    "suppressed by prefix length": `goes on: ${shown} is passed over, for its prefix is not longer than ${rule.suppressPrefixlength}`,
    "suppressed by device group": `goes on: ${shown} is passed over, for its device is in group ${rule.suppressIfgroup}`,
    jumps: `jumps to priority ${rule.goto}`,
    "jumps nowhere": `goes on: no rule stands at priority ${rule.goto}`,
    "does nothing": "goes on: it does nothing",
  };
  return sentences[outcome];
}

function sentence(verdict: Verdict): string {
  const sources = "hops" in verdict ? [...new Set(verdict.hops.map(({ src }) => src).filter((src) => src !== undefined))] : [];
  return sources.length === 0 ? printVerdict(verdict) : `${printVerdict(verdict)}, source ${sources.join(" or ")}`;
}
