import type { Match, Packet } from "../../declaration/flow";
import { tableNumber } from "../../declaration/tableNumber";
import type { ObservedRule } from "../observed/state";
import { describe as describeRule } from "../rule/rule";
import type { Open } from "./cases";
import type { Ready } from "./compile";
import type { ReadyRule } from "./rules";
import { ruleMatches } from "./rules";
import { type Found, type Search, search } from "./search";
import type { Entry } from "./tables";
import type { Outcome, Refusal, Visit } from "./verdict";

/** How the evaluation of the rules ended. */
export type Walk =
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: Refusal; readonly by: "rule" | "route" }
  | { readonly kind: "nothing" }
  | { readonly kind: "unsure"; readonly why: string }
  | Open;

/** Goes through the rules in their order, as fib_rules_lookup() does, until one decides; every rule that applies is added to `path`. */
export function walk(ready: Ready, packet: Packet, how: Search, path: Visit[]): Walk {
  const candidates = ready.rules.candidates(packet);
  let next = candidates.from(0);
  while (next !== undefined) {
    const rule = next;
    const match = ruleMatches(rule.observed.rule.not, rule.selectors, packet);
    if (typeof match !== "boolean")
      return { kind: "open", question: match, why: `${describeRule(rule.observed.rule)}: ${whyUnknown(ready, rule, packet)}` };
    if (match) {
      const ended = apply(ready, rule, packet, how, path);
      if (ended !== undefined) return ended;
    }
    next = candidates.from(match && rule.target !== undefined ? rule.target : rule.position + 1);
  }
  return { kind: "nothing" };
}

/** Undefined: the search goes on. */
function apply(ready: Ready, { observed, table, target }: ReadyRule, packet: Packet, how: Search, path: Visit[]): Walk | undefined {
  const { rule } = observed;
  const visit = (outcome: Outcome, found?: Found): undefined => {
    path.push({ rule: observed, outcome, route: found?.entry.observed });
  };
  const unsure = (why: string): Walk => ({ kind: "unsure", why: `${describeRule(rule)}: ${why}` });
  if (rule.goto !== undefined) return visit(target === undefined ? "jumps nowhere" : "jumps");
  if (rule.action === "nop") return visit("does nothing");
  if (rule.action !== undefined) {
    visit("decides");
    return { kind: rule.action, by: "rule" };
  }
  const where = rule.l3mdev === true ? tableOfVrf(observed, packet) : table;
  if (typeof where === "string") return unsure(where);
  const found = search(ready, where, packet, how);
  if (found === undefined) return visit("no route");
  const { entry, open } = found;
  if (open !== undefined)
    return {
      kind: "open",
      question: open,
      why: `${describeRule(rule)}: its route depends on the type of service, which differs from packet to packet`,
    };
  if (found.unsure !== undefined)
    return unsure(`the route ${entry.observed.route.destination} in table ${entry.observed.route.table}: ${found.unsure}`);
  if (entry.type === "throw") return visit("throw", found);
  if (entry.type === "blackhole" || entry.type === "unreachable" || entry.type === "prohibit" || entry.next.blackhole) {
    // Suppressors never pass over routes that refuse.
    visit("decides", found);
    return { kind: entry.type === "unreachable" || entry.type === "prohibit" ? entry.type : "blackhole", by: "route" };
  }
  const short = rule.suppressPrefixlength === undefined ? undefined : isShort(entry, rule.suppressPrefixlength, packet, ready);
  if (short === "unknown") return unsure(sharedObject);
  if (short === true) return visit("suppressed by prefix length", found);
  if (rule.suppressIfgroup !== undefined) {
    // The kernel looks at the first next hop, and what `ip` shows is kept in an order of our own.
    const groups = new Set(entry.next.hops.map(({ dev }) => ready.finder.link(dev)?.group));
    const [group] = groups;
    if (group === undefined) return unsure("the group of the route's device is not known");
    if (groups.size > 1) return unsure(severalGroups);
    if (group === rule.suppressIfgroup) return visit("suppressed by device group", found);
  }
  visit("decides", found);
  return { kind: "found", found };
}

const main = tableNumber("main");
/** What is compared before the kernel looks for a VRF, whose table it then keeps in mind for all rules of the search. */
const early = ["iif", "oif", "fwmark", "tunId"] as const;

/** The table into which a rule of VRFs looks, or why it cannot be told. Turned round by `not` it may apply where no VRF was found: then into main. */
function tableOfVrf({ rule }: ObservedRule, { vrf }: Packet): number | string {
  if (typeof vrf !== "object") return rule.not === true ? main : "which VRF the packet belongs to is not known";
  if (vrf.table === undefined) return `the table of ${vrf.name} is not known`;
  return rule.not !== true || early.every((name) => rule[name] === undefined) ? vrf.table : earlierTable;
}

/** IPv6 keeps what it found by next hop object, so a route may be given the prefix length of another one that shares the object. */
function isShort({ length, next }: Entry, limit: number, { family }: Packet, { tables }: Ready): Match {
  const differs = family === "inet6" && next.byObject && tables.byObject.some((other) => other.length <= limit !== length <= limit);
  return differs ? "unknown" : length <= limit;
}

export const earlierTable = "it may look into the table of the VRF or into main, as an earlier rule left it";
export const sharedObject = "the kernel may take it for another route by the same next hop object";
/** Exported for the test that compares with the kernel: these are what a whole network does not tell. */
export const severalGroups = "the devices of the route's next hops are of several groups, of which the first counts";

function whyUnknown({ network }: Ready, { observed: { rule, unread } }: ReadyRule, { vrf }: Packet): string {
  if (unread.length > 0) return `it also selects by ${unread.join(", ")}`;
  if (typeof vrf === "object" && vrf.isNamed === undefined && (rule.iif === vrf.name || rule.oif === vrf.name))
    return `whether it has all packets of the VRF ${vrf.name} is not known of Linux ${network.kernel ?? "in general"}`;
  if (rule.l3mdev === true) return "whether the packet belongs to a VRF is not known";
  return rule.fwmark === undefined ? "it depends on what differs from packet to packet" : "something on the host may mark these packets";
}
