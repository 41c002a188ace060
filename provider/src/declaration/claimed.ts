import type { AnyEntryKind } from "./entryKind";
import { entryKinds } from "./entryKinds";
import { isObject } from "./isObject";

type Json = Readonly<Record<string, unknown>>;

/** What of a resource's fields its keys on a host depend on, and the keys that they make; none for what is not valid, which the checks report. */
export interface Claimed {
  readonly fields: readonly string[];
  keysOf(values: Json): string[];
}

const keysIn = (kind: AnyEntryKind, entries: readonly Json[]): string[] => entries.flatMap((entry) => kind.claimedKey(entry) ?? []);
const one = (kind: AnyEntryKind): Claimed => ({ fields: kind.claims, keysOf: (values) => keysIn(kind, [values]) });

/** By the kind of resource. */
export const claimed = {
  PolicyRule: one(entryKinds.rules),
  PolicyRoute: one(entryKinds.routes),
  NextHop: one(entryKinds.nexthops),
  RoutingTable: one(entryKinds.tables),
  HostRouting: {
    fields: Object.keys(entryKinds),
    keysOf: (values) =>
      Object.entries(entryKinds).flatMap(([section, kind]) => {
        const entries = values[section];
        return isObject(entries) ? keysIn(kind, Object.values(entries).filter(isObject)) : [];
      }),
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
