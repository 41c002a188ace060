import { contains } from "../../declaration/address";
import type { Family } from "../../declaration/family";
import { ruleAttributes } from "../../declaration/rule/rule";
import type { Network } from "../lookup/network";
import type { ObservedRoute, ObservedRule } from "../observed/state";
import { covers } from "../rule/covers";
import { describe } from "../rule/rule";
import { same } from "../words";
import { apart } from "./apart";
import type { Finding, Search } from "./finding";

type Rule = ObservedRule["rule"];

const isKernels = ({ rule }: ObservedRule): boolean => rule.priority === 0 || rule.priority === 32766 || rule.priority === 32767;
const ordered = ({ rules }: Network, family: Family): ObservedRule[] =>
  rules.filter(({ rule }) => rule.family === family).sort((a, b) => a.rule.priority - b.rule.priority);
const families = ["inet", "inet6"] as const;

const destinationOf = (rule: Rule): string => rule.to ?? (rule.family === "inet" ? "0.0.0.0/0" : "::/0");
const holds = (destination: string, prefix: string): boolean => destination === "default" || contains(destination, prefix);

/** Whether a rule decides about every packet to these destinations, whatever else it is: it refuses, or its table has a route for all of them. */
function decides({ rule, unread }: ObservedRule, to: string, routes: readonly ObservedRoute[]): boolean {
  if (unread.length > 0 || rule.goto !== undefined || rule.action === "nop") return false;
  if (rule.action !== undefined) return true;
  if (rule.l3mdev === true) return false;
  if (rule.suppressPrefixlength !== undefined || rule.suppressIfgroup !== undefined) return false;
  const table = routes.filter(({ route }) => route.family === rule.family && route.table === rule.table);
  return (
    table.some(
      ({ route }) => route.tos === undefined && route.from === undefined && route.type !== "throw" && holds(route.destination, to),
    ) && !table.some(({ route }) => route.type === "throw")
  );
}

/** Behind a lookup with the same selectors it is the net for when that table is empty. */
const isSafetyNet = (late: Rule, early: Rule): boolean =>
  early.table !== undefined &&
  (late.table === "main" || late.table === "default" || (late.action !== undefined && late.action !== "nop")) &&
  covers(early, late) &&
  covers(late, early);

/** A rule that an earlier one leaves nothing to. The how-to's `to OWN-ADDRESS` is never reached either, and harmless. */
export const neverReached: Search = (network, ours) =>
  families.flatMap((family) => {
    const rules = ordered(network, family);
    const own = network.addresses?.map(({ address }) => address) ?? [];
    return rules.flatMap((late, index): Finding | [] => {
      const { rule } = late;
      if (isKernels(late) || (rule.to !== undefined && own.includes(rule.to) && hasFrom(rules, rule))) return [];
      const early = rules.slice(0, index).find((one) => covers(one.rule, rule) && decides(one, destinationOf(rule), network.routes));
      if (early === undefined || isSafetyNet(rule, early.rule)) return [];
      const [object, decider] = apart(late, early, ours);
      const isOurs = ours.includes(late.protocol);
      return {
        level: isOurs ? "risk" : "note",
        object,
        what: `is never reached: ${decider} decides about all its ${early.rule.not === true ? "unmarked " : ""}packets before`,
        next: isOurs ? "give it a lower priority number, or remove it" : "ask whoever made it: it may be a net for when the other is gone",
      };
    });
  });

/** The same for packets from the address stands beside it. */
const hasFrom = (rules: readonly ObservedRule[], { to, table }: Rule): boolean =>
  rules.some(({ rule }) => rule.from === to && rule.table === table);

/** The same rule twice, at whatever priorities. */
export const duplicates: Search = (network, ours) =>
  families.flatMap((family) => {
    const rules = ordered(network, family).filter((one) => !isKernels(one) && one.unread.length === 0);
    return rules.flatMap((late, index): Finding[] => {
      const twin = rules.slice(0, index).find((one) => same(ruleAttributes, { ...one.rule, priority: 0 }, { ...late.rule, priority: 0 }));
      if (twin === undefined) return [];
      const [object, before] = apart(late, twin, ours);
      return [{ level: "note", object, what: `says what ${before} says`, next: "remove one of them" }];
    });
  });

export const unresolvedGoto: Search = ({ rules }) =>
  rules.flatMap(({ rule }): Finding | [] => {
    if (rule.goto === undefined || rules.some((other) => other.rule.family === rule.family && other.rule.priority === rule.goto)) return [];
    return {
      level: "risk",
      object: describe(rule),
      what: `jumps nowhere: no rule stands at exactly priority ${rule.goto}, so it does nothing`,
      next: `add a rule at priority ${rule.goto}`,
    };
  });

export const detachedDevices: Search = ({ rules, links }, ours) =>
  rules.flatMap(({ rule, protocol }) =>
    ([rule.iif, rule.oif] as const).flatMap((device): Finding[] =>
      device === undefined || links === undefined || links.some(({ name }) => name === device)
        ? []
        : [
            {
              level: ours.includes(protocol) ? "risk" : "note",
              object: describe(rule),
              what: `applies to no packet: there is no device ${device}`,
              next: "check the device's name, or wait for it to come",
            },
          ],
    ),
  );

/** A rule that names no address, in IPv4 only: IPv6 packets of the same kind go another way. */
export const withoutTwin: Search = ({ rules, routes }, ours) => {
  if (!routes.some(({ route }) => route.family === "inet6" && route.destination === "default")) return [];
  return rules.flatMap((one): Finding | [] => {
    const { rule, protocol } = one;
    if (rule.family !== "inet" || isKernels(one) || !ours.includes(protocol) || rule.from !== undefined || rule.to !== undefined) return [];
    // Only looks whether main has something nearer than a default route.
    if (rule.table === "main" && rule.suppressPrefixlength !== undefined) return [];
    const selectors = ({ priority: _priority, family: _family, table: _table, realms: _realms, ...rest }: Rule) => rest;
    const twin = rules.some((other) => other.rule.family === "inet6" && same(ruleAttributes, selectors(rule), selectors(other.rule)));
    if (twin) return [];
    return {
      level: "note",
      object: describe(rule),
      what: "has no IPv6 twin, and the host has an IPv6 default route",
      next: "declare the same with family inet6",
    };
  });
};
