import { tableNumber } from "../../declaration/tableNumber";
import type { Network } from "../../kernel/lookup/network";
import { shownRoute, shownRule } from "../../kernel/lookup/shown";
import type { ObservedRoute, ObservedRule } from "../../kernel/observed/state";
import { describe as describeRoute } from "../../kernel/route/route";
import { describe as describeRule } from "../../kernel/rule/rule";
import { code, element, type Html, text } from "./markup";
import { printTable, type TableNames } from "./tableNames";

/** One side of the picture; `mark` is what an entry is that the other side has not. */
export interface Side {
  readonly title: string;
  readonly mark: "added" | "removed";
  readonly network: Network;
  readonly others: ReadonlySet<string>;
}

/** Whether the rule, or a route of its table, is not on the other side. */
export const isMarked = (one: ObservedRule, side: Side): boolean =>
  !side.others.has(describeRule(one.rule)) || routesOf(one, side).some((route) => isNew(route, side));

const isNew = ({ route }: ObservedRoute, { others }: Side): boolean => !others.has(describeRoute(route));

function routesOf({ rule: { family, table } }: ObservedRule, { network }: Side): ObservedRoute[] {
  if (table === undefined) return [];
  return network.routes.filter(({ route }) => route.family === family && tableNumber(route.table) === tableNumber(table));
}

const arrow = element("span", { class: "arrow", "aria-hidden": "true" }, [text("→")]);

/** A rule, its table and the ways out of it. */
export function wayOf(one: ObservedRule, side: Side, tables: TableNames): Html {
  const { table } = one.rule;
  const words = describeRule(one.rule);
  const box = (kind: string, described: string, shown: string): Html => {
    const mark = side.others.has(described) ? undefined : side.mark;
    const tag = mark === undefined ? [] : [element("span", { class: `tag ${mark}` }, [text(`${mark} `)])];
    return element("span", { class: ["box", kind, ...(mark === undefined ? [] : [mark])].join(" ") }, [...tag, code(shown)]);
  };
  const selectors = box("rule", words, shownRule(side.network, one, withoutTable));
  if (table === undefined) return element("li", { class: "way" }, [selectors]);
  const all = routesOf(one, side);
  // What changes is drawn before the rest, so that it is drawn at all.
  const routes = [...all.filter((route) => isNew(route, side)), ...all.filter((route) => !isNew(route, side))];
  const exits = routes
    .slice(0, most)
    .map((route) => box("uplink", describeRoute(route.route), shownRoute(side.network, route, withoutTable)));
  const more = routes.length - exits.length;
  return element("li", { class: "way" }, [
    selectors,
    arrow,
    element("span", { class: "box" }, [text(`table ${printTable(table, tables)}`)]),
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

/** It stands beside them. */
const withoutTable = { table: undefined };
