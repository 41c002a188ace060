import { lookAtNames, lookAtNexthops, lookAtTagged, nothingMore, together } from "../host/look";
import type { Wanted } from "../kernel/change";
import { wantedName } from "../kernel/name";
import { wantedNexthop } from "../kernel/nexthop";
import { strays } from "../kernel/plan";
import { wantedRoute } from "../kernel/route";
import { wantedRule } from "../kernel/rule";
import type { State } from "../kernel/state";
import { canonical } from "../spec/canonical";
import { type HostRoutingValues, hostRoutingFields, settleHostRouting } from "../spec/hostRouting/hostRouting";
import { nexthopKey, routeKey, ruleKey } from "../spec/key";
import { nexthopAttributes } from "../spec/nexthop/attributes";
import { settleNexthop } from "../spec/nexthop/nexthop";
import type { Tags } from "../spec/owner";
import { routeAttributes } from "../spec/route/attributes";
import { settleRoute } from "../spec/route/route";
import { routingTableAttributes, settleRoutingTable } from "../spec/routingTable";
import { ruleAttributes, settleRule } from "../spec/rule/rule";
import { defineKind, type ReadOne } from "./kind";
import { lookAtRoute, nameOf, nexthopOf, routeOf, ruleOf } from "./objects";

/** One declared object: where it stands in the inputs, and what it is on a host. */
interface Entry {
  readonly section: "tables" | "nexthops" | "routes" | "rules";
  readonly label: string;
  readonly wanted: Wanted;
}

function section<Values>(
  name: Entry["section"],
  entries: Readonly<Record<string, Values>> | undefined,
  wanted: (values: Values) => Wanted,
): Entry[] {
  return Object.entries(entries ?? {}).map(([label, values]) => ({ section: name, label, wanted: wanted(values) }));
}

const entriesOf = ({ tables, nexthops, routes, rules }: HostRoutingValues): Entry[] => [
  ...section("tables", tables, (values) => wantedName(nameOf(values))),
  ...section("nexthops", nexthops, (values) => wantedNexthop(nexthopOf(values))),
  ...section("routes", routes, (values) => wantedRoute(routeOf(values))),
  ...section("rules", rules, (values) => wantedRule(ruleOf(values))),
];

/** What is there may be more than anybody could declare, such as a rule at priority 0: then it is no entry. */
const isDeclarable: Readonly<Record<Entry["section"], (found: Readonly<Record<string, unknown>>) => boolean>> = {
  tables: (found) => canonical(routingTableAttributes, found, settleRoutingTable).problems.length === 0,
  nexthops: (found) => canonical(nexthopAttributes, found, settleNexthop).problems.length === 0,
  routes: (found) => canonical(routeAttributes, found, settleRoute).problems.length === 0,
  rules: (found) => canonical(ruleAttributes, found, settleRule).problems.length === 0,
};

type Seen = Record<Entry["section"], Record<string, unknown>>;

/** Entry by entry; what is gone is left out. Undefined when all of it is gone. */
function read(values: HostRoutingValues, readOne: ReadOne, state: State, tags: Tags): Record<string, unknown> | undefined {
  const seen: Seen = { tables: {}, nexthops: {}, routes: {}, rules: {} };
  const entries = entriesOf(values);
  for (const { section: name, label, wanted } of entries) {
    const found = readOne(wanted);
    if (found !== undefined && isDeclarable[name](found)) seen[name][label] = found;
  }
  if (entries.length > 0 && Object.values(seen).every((found) => Object.keys(found).length === 0)) return undefined;
  if (values.exclusive === true) addStrays(seen, state, tags);
  return { ...values, ...seen };
}

/** What nobody owns is drift of whoever is exclusive: it appears under its key, and the next `up` takes it away. */
function addStrays(seen: Seen, state: State, tags: Tags): void {
  const keys = new Set(strays({ tags, exclusive: true }, state));
  for (const { nexthop } of state.nexthops)
    if (keys.has(nexthopKey(nexthop.nhid)) && isDeclarable.nexthops(nexthop)) seen.nexthops[`stray ${nexthopKey(nexthop.nhid)}`] = nexthop;
  for (const { rule } of state.rules) if (keys.has(ruleKey(rule)) && isDeclarable.rules(rule)) seen.rules[`stray ${ruleKey(rule)}`] = rule;
  for (const { route } of state.routes)
    if (keys.has(routeKey(route)) && isDeclarable.routes(route)) seen.routes[`stray ${routeKey(route)}`] = route;
}

export const hostRouting = defineKind({
  name: "HostRouting",
  fields: hostRoutingFields,
  across: settleHostRouting,
  place: () => "routing",
  wanted: (values) => entriesOf(values).map(({ wanted }) => wanted),
  look: ({ tables, nexthops, routes, exclusive }, tags) =>
    together([
      tables === undefined ? nothingMore : lookAtNames,
      nexthops === undefined && exclusive !== true ? nothingMore : lookAtNexthops,
      ...Object.values(routes ?? {}).map((values) => lookAtRoute(routeOf(values))),
      ...(exclusive === true ? [lookAtTagged(tags.owner)] : []),
    ]),
  many: {
    label: "HostRouting",
    exclusive: ({ exclusive }) => exclusive === true,
    read,
  },
});
