import { nexthopKey, routeKey, ruleKey, tableKey } from "../declaration/key";
import { type RuleSet, setOf } from "../declaration/rule/ruleSet";
import { type Look, lookAtDestination, lookAtNames, lookAtNexthops, lookAtRules } from "../host/reading/look";
import type { ObservedRule, State } from "../kernel/observed/state";
import type { EntryPlace } from "./importId";

/** What stands at a place, in the form of inputs. */
export interface Standing {
  readonly values: object;
  readonly key: string;
  /** Its tag in the kernel; a name has none. */
  readonly protocol: number | undefined;
  /** What `ip` shows of it and nobody could declare. */
  readonly unread: readonly string[];
}

export function lookAt(place: EntryPlace): Look {
  switch (place.kind) {
    case "PolicyRule":
      return lookAtRules(place.family);
    case "PolicyRoute":
      return lookAtDestination(place, true);
    case "NextHop":
      return lookAtNexthops([place.nhid]);
    case "RoutingTable":
      return lookAtNames;
  }
}

export function standingAt(place: EntryPlace, { rules, routes, nexthops, names }: State): Standing[] {
  switch (place.kind) {
    case "PolicyRule":
      return together(rules.filter(({ rule }) => rule.family === place.family && rule.priority === place.priority)).map(
        ({ rule, ...rest }) => ({ ...rest, values: rule, key: ruleKey(rule) }),
      );
    case "PolicyRoute":
      return routes
        .filter(({ route }) => route.family === place.family && route.table === place.table && route.destination === place.destination)
        .map(({ route, ...rest }) => ({ ...rest, values: route, key: routeKey(route) }));
    case "NextHop":
      return nexthops
        .filter(({ nexthop }) => nexthop.nhid === place.nhid)
        .map(({ nexthop, ...rest }) => ({ ...rest, values: nexthop, key: nexthopKey(nexthop.nhid) }));
    case "RoutingTable":
      return names
        .filter(({ tableId }) => tableId === place.tableId)
        .map(({ tableId, name }) => ({ values: { tableId, name }, key: tableKey(tableId), protocol: undefined, unread: [] }));
  }
}

/** Rules that one declaration would make are one. */
function together(rules: readonly ObservedRule[]): readonly (Omit<ObservedRule, "rule"> & { readonly rule: RuleSet })[] {
  const [first] = rules;
  const isOne = rules.every(({ protocol, unread }) => protocol === first?.protocol && unread.length === 0);
  const set = isOne ? setOf(rules.map(({ rule }) => rule)) : undefined;
  return first === undefined || set === undefined ? rules : [{ ...first, rule: set }];
}
