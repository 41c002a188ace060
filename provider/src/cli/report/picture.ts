import type { Network } from "../../kernel/lookup/network";
import { describe as describeRoute } from "../../kernel/route";
import { describe as describeRule } from "../../kernel/rule";
import type { ObservedRoute, ObservedRule } from "../../kernel/state";
import { type Family, families } from "../../spec/family";
import { tableNumber } from "../../spec/tableNumber";
import { code, element, type Html, text } from "./markup";

/** One side of the picture; `mark` is what an entry is that the other side has not. */
interface Side {
  readonly title: string;
  readonly mark: "added" | "removed";
  readonly network: Network;
  readonly others: ReadonlySet<string>;
}

/** A host as packets see it, before and after: each rule in its order leads to its table, and that to its uplinks. */
export function pictureOf(before: Network, after: Network): Html {
  const sides: Side[] = [
    { title: "Before", mark: "removed", network: before, others: wordsOf(after) },
    { title: "After", mark: "added", network: after, others: wordsOf(before) },
  ];
  const present = families.filter((family) => sides.some(({ network }) => rulesOf(network, family).length > 0));
  const changed = present.filter((family) => isChanged(sides, family));
  // What stays as it is only takes room beside what does not.
  const shown = changed.length === 0 ? present : changed;
  return element(
    "div",
    { class: "pictures" },
    sides.map((side) => panel(side, shown)),
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

function panel(side: Side, shown: readonly Family[]): Html {
  const lists = shown.flatMap((family) => {
    const rules = rulesOf(side.network, family);
    const name = familyNames[family];
    if (rules.length === 0) return [element("p", { class: "dim" }, [text(`No rules of ${name}.`)])];
    const label = `${side.title}: rules of ${name} in their order`;
    const ways = rules.map((one) => way(one, side));
    return [element("p", { class: "dim" }, [text(name)]), element("ol", { "aria-label": label }, ways)];
  });
  return element("figure", {}, [
    element("figcaption", {}, [text(side.title)]),
    ...(shown.length === 0 ? [element("p", { class: "dim" }, [text("No rules.")])] : lists),
  ]);
}

const arrow = element("span", { class: "arrow", "aria-hidden": "true" }, [text("→")]);
const plain = (words: string): string => words.replace(/^ip -[46] (rule|route) /, "");

function way({ rule }: ObservedRule, side: Side): Html {
  const words = describeRule(rule);
  const box = (kind: string, described: string, shown: string): Html => {
    const mark = side.others.has(described) ? undefined : side.mark;
    const tag = mark === undefined ? [] : [element("span", { class: `tag ${mark}` }, [text(`${mark} `)])];
    return element("span", { class: ["box", kind, ...(mark === undefined ? [] : [mark])].join(" ") }, [...tag, code(shown)]);
  };
  const selectors = plain(words).replace(/ (table|lookup) \S+$/, "");
  if (rule.table === undefined) return element("li", { class: "way" }, [box("rule", words, plain(words))]);
  const { table } = rule;
  const routes = side.network.routes.filter(({ route }) => route.family === rule.family && tableNumber(route.table) === tableNumber(table));
  const exits = routes.slice(0, most).map(({ route }) => box("uplink", describeRoute(route), withoutTable({ route })));
  const more = routes.length - exits.length;
  return element("li", { class: "way" }, [
    box("rule", words, selectors),
    arrow,
    element("span", { class: "box" }, [text(`table ${table}`)]),
    arrow,
    element("span", {}, [
      ...exits,
      ...(routes.length === 0 ? [element("span", { class: "dim" }, [text("no routes: the next rule")])] : []),
      ...(more === 0 ? [] : [element("span", { class: "dim" }, [text(`and ${more} more routes`)])]),
    ]),
  ]);
}

/** Routes of a table that are drawn. */
const most = 6;

const withoutTable = ({ route }: Pick<ObservedRoute, "route">): string => plain(describeRoute(route)).replace(/ table \S+/, "");
