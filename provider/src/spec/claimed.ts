import { canonical } from "./canonical";
import { nexthopKey, routeKey, ruleKey, tableKey } from "./key";
import { routeAttributes } from "./route/attributes";
import { settleRoute } from "./route/route";
import { ruleAttributes, settleRule } from "./rule/rule";

type Json = Readonly<Record<string, unknown>>;

/** What of a resource's fields its keys on a host depend on, and the keys that they make; none for what is not valid, which the checks report. */
export interface Claimed {
  readonly fields: readonly string[];
  keysOf(values: Json): string[];
}

const only = (entry: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));

const rule: Claimed = {
  fields: ["family", "from", "to", "priority"],
  keysOf(entry) {
    const { family, priority } = canonical(ruleAttributes, only(entry, this.fields), settleRule).values;
    return family === undefined || priority === undefined ? [] : [ruleKey({ family, priority })];
  },
};

const route: Claimed = {
  fields: ["family", "destination", "from", "tos", "via", "src", "metric", "table"],
  keysOf(entry) {
    const { values } = canonical(routeAttributes, only(entry, this.fields), settleRoute);
    const { family, destination, table } = values;
    return family === undefined || destination === undefined || table === undefined
      ? []
      : [routeKey({ ...values, family, destination, table })];
  },
};

const nexthop: Claimed = { fields: ["nhid"], keysOf: ({ nhid }) => (typeof nhid === "number" ? [nexthopKey(nhid)] : []) };

const table: Claimed = { fields: ["tableId"], keysOf: ({ tableId }) => (typeof tableId === "number" ? [tableKey(tableId)] : []) };

/** Fields with labelled entries. */
const sections: Readonly<Record<string, Claimed>> = { tables: table, nexthops: nexthop, routes: route, rules: rule };

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const entriesOf = (section: unknown): Json[] => (isObject(section) ? Object.values(section).filter(isObject) : []);

/** By the kind of resource. */
export const claimed = {
  PolicyRule: rule,
  PolicyRoute: route,
  NextHop: nexthop,
  RoutingTable: table,
  HostRouting: {
    fields: Object.keys(sections),
    keysOf: (values) => Object.entries(sections).flatMap(([name, one]) => entriesOf(values[name]).flatMap((entry) => one.keysOf(entry))),
  },
} satisfies Readonly<Record<string, Claimed>>;

/** Who declares which key of which host. */
export class Claims {
  readonly #known = new Map<string, string>();

  /** Why a resource may not: another one declares it already. */
  refusals(resource: string, host: string, keys: readonly string[]): string[] {
    return keys.flatMap((key) => {
      const other = this.#known.get(`${host} ${key}`) ?? resource;
      if (other !== resource) return [`${resource} and ${other} both declare ${key} on ${host}: one object has one owner`];
      this.#known.set(`${host} ${key}`, resource);
      return [];
    });
  }
}

/** The host of a connection as claims name it; undefined while it is not known. */
export function claimedHost(connection: unknown): string | undefined {
  if (!isObject(connection) || typeof connection["host"] !== "string") return undefined;
  const { host, port } = connection;
  return port === undefined || port === 22 ? host : `${host} port ${port}`;
}
