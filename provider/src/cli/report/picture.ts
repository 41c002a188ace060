import { type Family, families } from "../../declaration/family";
import { tableNumber } from "../../declaration/tableNumber";
import type { Network } from "../../kernel/lookup/network";
import type { ObservedRule } from "../../kernel/observed/state";
import { describe as describeRoute } from "../../kernel/route/route";
import { describe as describeRule } from "../../kernel/rule/rule";
import type { HostReport } from "./hostReport";
import { element, folded, type Html, text } from "./markup";
import type { TableNames } from "./tableNames";
import { isMarked, type Side, wayOf } from "./way";

/** A host as packets see it, before and after: each rule in its order leads to its table, and that to its uplinks. */
export function pictureOf({ before, after, withheld, tables }: Pick<HostReport, "before" | "after" | "withheld" | "tables">): Html {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const note = withheld === undefined ? "" : `, ${withheld}`;
  const isSame = old.size === now.size && [...old].every((words) => now.has(words));
  const sides: Side[] = isSame
    ? [{ title: `Before and after alike${note}`, mark: "added", network: after, others: old }]
    : [
        { title: "Before", mark: "removed", network: before, others: now },
        { title: `After${note}`, mark: "added", network: after, others: old },
      ];
  const present = families.filter((family) => sides.some(({ network }) => rulesOf(network, family).length > 0));
  const changed = present.filter((family) => isChanged(sides, family));
  // What stays as it is only takes room beside what does not.
  const shown = changed.length === 0 ? present : changed;
  return element(
    "div",
    { class: "pictures" },
    sides.map((side) => panel(side, shown, tables, isSame)),
  );
}

const isChanged = (sides: readonly Side[], family: Family): boolean =>
  sides.some(({ network, others }) => [...wordsOf({ ...network, ...only(network, family) })].some((words) => !others.has(words)));

const only = ({ rules, routes }: Network, family: Family): Pick<Network, "rules" | "routes"> => ({
  rules: rules.filter(({ rule }) => rule.family === family),
  routes: routes.filter(({ route }) => route.family === family),
});

const wordsOf = ({ rules, routes }: Network): Set<string> =>
  new Set([...rules.map(({ rule }) => describeRule(rule)), ...routes.map(({ route }) => describeRoute(route))]);

/** Not the one for the host itself, which stands first at every host. */
const rulesOf = ({ rules }: Network, family: Family): ObservedRule[] =>
  rules
    .filter(({ rule: { family: of, priority, table } }) => of === family && !(priority === 0 && isLocal(table)))
    .sort((a, b) => a.rule.priority - b.rule.priority);
const isLocal = (table: ObservedRule["rule"]["table"]): boolean => table !== undefined && tableNumber(table) === 255;

const familyNames = { inet: "IPv4", inet6: "IPv6" } as const;

function panel(side: Side, shown: readonly Family[], tables: TableNames, isSame: boolean): Html {
  const ways = (rules: readonly ObservedRule[]): Html[] => rules.map((one) => wayOf(one, side, tables));
  const lists = shown.flatMap((family) => {
    const rules = rulesOf(side.network, family);
    const name = familyNames[family];
    if (rules.length === 0) return [element("p", { class: "dim" }, [text(`No rules of ${name}.`)])];
    const label = `${side.title}: rules of ${name} in their order`;
    return [
      element("p", { class: "dim" }, [text(name)]),
      element("ol", { "aria-label": label }, isSame ? ways(rules) : stretches(rules, ways, side)),
    ];
  });
  return element("figure", {}, [
    element("figcaption", {}, [text(side.title)]),
    ...(shown.length === 0 ? [element("p", { class: "dim" }, [text("No rules.")])] : isSame ? [folded("The rules", lists)] : lists),
  ]);
}

/** Rules in their order; those beside each other whose ways stay as they are can be unfolded. */
function stretches(rules: readonly ObservedRule[], ways: (some: readonly ObservedRule[]) => Html[], side: Side): Html[] {
  const items: Html[] = [];
  let still: ObservedRule[] = [];
  const endStill = (): void => {
    const [first] = still;
    const last = still.at(-1);
    if (still.length < 2) items.push(...ways(still));
    else {
      const summary = `${still.length} rules as they are: ${first?.rule.priority} to ${last?.rule.priority}`;
      items.push(element("li", {}, [folded(summary, [element("ol", {}, ways(still))])]));
    }
    still = [];
  };
  for (const one of rules) {
    if (!isMarked(one, side)) {
      still.push(one);
      continue;
    }
    endStill();
    items.push(...ways([one]));
  }
  endStill();
  return items;
}
