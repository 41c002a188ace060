import { contains, parsePrefix } from "../../spec/address";
import { defaultMetric, isErrorType } from "../../spec/route/attributes";
import { describe as describeRule } from "../rule";
import type { ObservedRoute, ObservedRule } from "../state";
import type { Flow } from "./flow";
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
  for (const observed of ordered) {
    const match = ruleMatches(observed, flow);
    if (match === false) continue;
    const { rule, unread } = observed;
    if (match === "unknown") {
      const open = unread.length > 0 ? `it also selects by ${unread.join(", ")}` : "something on the host may mark these packets";
      return { kind: "unsure", why: `${describeRule(rule)}: ${open}` };
    }
    if (rule.action === "nop") continue;
    if (rule.action !== undefined) return { kind: rule.action, by: describeRule(rule) };
    const best = bestRoute(routes, String(rule.table), flow);
    if (best === undefined || best.route.type === "throw") continue;
    const { type, dev, via, table, destination } = best.route;
    if (type !== undefined && type !== "local") return { kind: refusalOf(type), by: `${type} ${destination} table ${table}` };
    if (best.unread.includes("nexthops"))
      return { kind: "unsure", why: `the route ${destination} in table ${table} has several next hops` };
    return { kind: type ?? "unicast", table: String(table), dev, via };
  }
  return { kind: "no route" };
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
  return [kind === "local" ? "local" : `by ${dev ?? "?"}`, ...(via === undefined ? [] : [`via ${via}`]), `(table ${table})`].join(" ");
}
