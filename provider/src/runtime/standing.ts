import { keysOf } from "../kernel/register";
import { protocolsAt, type State } from "../kernel/state";
import { canonical } from "../spec/canonical";
import { nexthopKey, parseRegisterKey, registerKey, routeKey, ruleKey, tableKey } from "../spec/key";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { settleNexthop } from "../spec/nexthop/nexthop";
import { defaultOwner, type Tags } from "../spec/owner";
import { routeAttributes } from "../spec/route/attributes";
import { settleRoute } from "../spec/route/route";
import { routingTableAttributes, settleRoutingTable } from "../spec/routingTable";
import { ruleAttributes, settleRule } from "../spec/rule/rule";

type Found = Readonly<Record<string, unknown>>;

/** An entry that stands on a host, as it would stand in the inputs of whoever declared it. */
export interface Standing {
  readonly section: "tables" | "nexthops" | "routes" | "rules";
  readonly key: string;
  /** The register's key, with the tag. */
  readonly at: string;
  /** Its tag in the kernel; undefined for a name. */
  readonly tag: number | undefined;
  readonly found: object;
}

/** In the form of inputs; undefined when nobody could declare it, such as a rule at priority 0. */
export const declarable = {
  tables: (found: Found) => (canonical(routingTableAttributes, found, settleRoutingTable).problems.length === 0 ? found : undefined),
  nexthops: (found: Found) => (canonical(nexthopAttributes, found, settleNexthop).problems.length === 0 ? found : undefined),
  routes: (found: Found) => (canonical(routeAttributes, found, settleRoute).problems.length === 0 ? found : undefined),
  rules: (found: Found) => (canonical(ruleAttributes, found, settleRule).problems.length === 0 ? found : undefined),
} as const;

/** What the kernel shows under these keys of the register. */
export function standingAt(keys: ReadonlySet<string>, { rules, routes, nexthops }: State): Standing[] {
  if (keys.size === 0) return [];
  const entry = (section: "nexthops" | "routes" | "rules", key: string, tag: number, found: Found): Standing[] => {
    const at = registerKey(key, tag);
    const shown = keys.has(at) ? declarable[section](found) : undefined;
    return shown === undefined ? [] : [{ section, key, at, tag, found: shown }];
  };
  return [
    ...nexthops.flatMap(({ nexthop, protocol }) => entry("nexthops", nexthopKey(nexthop.nhid), protocol, nexthop)),
    ...routes.flatMap(({ route, protocol }) => entry("routes", routeKey(route), protocol, route)),
    ...rules.flatMap(({ rule, protocol }) => entry("rules", ruleKey(rule), protocol, rule)),
  ];
}

/**
 * An older version's line has no tag, whatever it was: it means the tag that the state says while something stands under that, in nobody
 * else's name. What stands beside it under the default tag is another stack's.
 */
function keysHeldBy(state: State, id: string, { owner }: Tags): string[] {
  return keysOf(state.register, id).map((at) => {
    const { key, staging, owner: said } = parseRegisterKey(at);
    const own = registerKey(key, owner);
    const isOlder = said === undefined && !staging && !state.register.entries.has(own);
    return isOlder && protocolsAt(state, key)?.includes(owner) === true ? own : at;
  });
}

/** What stands in an id's name at keys that its state does not declare: a change ended half-way, and the next one is to end it. */
export function surplus(state: State, id: string, tags: Tags, declared: ReadonlySet<string>): Standing[] {
  const names = state.names.flatMap(({ tableId, name, owner }): Standing[] => {
    const key = tableKey(tableId);
    return owner?.id !== id || declared.has(key) ? [] : [{ section: "tables", key, at: key, tag: undefined, found: { tableId, name } }];
  });
  const keys = keysHeldBy(state, id, tags).filter((at) => !declared.has(parseRegisterKey(at).key));
  return [...names, ...standingAt(new Set(keys), state)];
}

/** The tag under which something of an id stands though its state says another: a change of tags ended half-way, or nobody was told. */
export function otherTag(state: State, id: string, tags: Tags): number | undefined {
  const keys = keysHeldBy(state, id, tags).filter((at) => (parseRegisterKey(at).owner ?? defaultOwner) !== tags.owner);
  return standingAt(new Set(keys), state)[0]?.tag;
}
