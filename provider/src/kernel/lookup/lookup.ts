import { contains, parsePrefix } from "../../spec/address";
import type { Flow } from "../../spec/flow";
import { defaultMetric } from "../../spec/route/key";
import { isErrorType } from "../../spec/route/type";
import { describe as describeRule } from "../rule";
import type { ObservedRoute, ObservedRule } from "../state";
import { ruleMatches } from "./matches";

/** Where a packet goes. `unsure` says why it cannot be told. */
export type Verdict =
  | { readonly kind: "unicast" | "local"; readonly table: string; readonly dev: string | undefined; readonly via: string | undefined }
  | { readonly kind: "blackhole" | "unreachable" | "prohibit" | "other"; readonly by: string }
  | { readonly kind: "no route" }
  | { readonly kind: "unsure"; readonly why: string };

const lengthOf = (destination: string): number => (destination === "default" ? 0 : (parsePrefix(destination)?.length ?? 0));
export const covers = (destination: string, address: string): boolean => destination === "default" || contains(destination, address);

/** The route that a table gives: longest prefix, then lowest metric. */
function bestRoute(routes: readonly ObservedRoute[], table: string, flow: Flow): ObservedRoute | undefined {
  return routes
    .filter(({ route }) => route.family === flow.family && String(route.table) === table && covers(route.destination, flow.to))
    .filter(({ route }) => flow.oif === undefined || isErrorType(route.type) || route.dev === flow.oif)
    .sort(
      (a, b) =>
        lengthOf(b.route.destination) - lengthOf(a.route.destination) ||
        (a.route.metric ?? defaultMetric[flow.family]) - (b.route.metric ?? defaultMetric[flow.family]),
    )[0];
}

/**
 * Goes through the rules in their order, as the kernel does, until one decides. What a rule or route says beyond what is understood
 * here gives `unsure`, never a guess.
 */
export function lookup(rules: readonly ObservedRule[], routes: readonly ObservedRoute[], flow: Flow): Verdict {
  const ordered = rules.filter(({ rule }) => rule.family === flow.family).sort((a, b) => a.rule.priority - b.rule.priority);
  let jump = 0;
  for (const observed of ordered) {
    const { rule } = observed;
    if (rule.priority < jump) continue;
    const match = ruleMatches(observed, flow);
    if (match === false) continue;
    if (match === "unknown") return { kind: "unsure", why: `${describeRule(rule)}: ${whyUnknown(observed)}` };
    // Without a rule at exactly that priority a goto does nothing.
    if (rule.goto !== undefined && ordered.some((other) => other.rule.priority === rule.goto)) jump = rule.goto;
    if (rule.action !== undefined && rule.action !== "nop") return { kind: rule.action, by: describeRule(rule) };
    if (rule.l3mdev === true) return { kind: "unsure", why: `${describeRule(rule)}: the tables of VRF devices are not looked at` };
    const verdict = rule.table === undefined ? undefined : lookupTable(observed, routes, flow);
    if (verdict !== undefined) return verdict;
  }
  return { kind: "no route" };
}

/** Undefined: the search goes on with the next rule. */
function lookupTable({ rule }: ObservedRule, routes: readonly ObservedRoute[], flow: Flow): Verdict | undefined {
  const best = bestRoute(routes, String(rule.table), flow);
  if (best === undefined || best.route.type === "throw") return undefined;
  const { type, dev, via, table, destination } = best.route;
  if (type !== undefined && type !== "local") return { kind: refusalOf(type), by: `${type} ${destination} table ${table}` };
  // Suppressors pass over what they name, but never over error routes.
  if (rule.suppressPrefixlength !== undefined && lengthOf(destination) <= rule.suppressPrefixlength) return undefined;
  if (rule.suppressIfgroup !== undefined)
    return { kind: "unsure", why: `${describeRule(rule)}: the group of ${dev ?? "the device"} is not known` };
  if (best.unread.includes("nexthops")) return { kind: "unsure", why: `the route ${destination} in table ${table} has several next hops` };
  return { kind: type ?? "unicast", table: String(table), dev, via };
}

function whyUnknown({ rule, unread }: ObservedRule): string {
  if (unread.length > 0) return `it also selects by ${unread.join(", ")}`;
  return rule.fwmark === undefined ? "it depends on what differs from packet to packet" : "something on the host may mark these packets";
}

function refusalOf(type: string): "blackhole" | "unreachable" | "prohibit" | "other" {
  return type === "blackhole" || type === "unreachable" || type === "prohibit" ? type : "other";
}

/** One line for a person. */
export function printVerdict(verdict: Verdict): string {
  if (verdict.kind === "unsure") return `cannot tell (${verdict.why})`;
  if (verdict.kind === "no route") return "no route";
  if ("by" in verdict) return `${verdict.kind} (${verdict.by})`;
  const { kind, table, dev, via } = verdict;
  return [
    ...(kind === "local" ? ["local"] : dev === undefined ? [] : [`by ${dev}`]),
    ...(via === undefined ? [] : [`via ${via}`]),
    `(table ${table})`,
  ].join(" ");
}
