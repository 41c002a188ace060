import type { AnyEntryKind } from "./entryKind";
import { allKinds, entryKinds, sectionNames } from "./entryKinds";
import { isObject } from "./isObject";

type Json = Readonly<Record<string, unknown>>;

/** What of a resource's fields its keys on a host depend on, and the keys that they make; none for what is not valid, which the checks report. */
export interface Claimed {
  readonly fields: readonly string[];
  keysOf(values: Json): string[];
}

const keysIn = (kind: Pick<AnyEntryKind, "claimedKey">, entries: readonly Json[]): string[] =>
  entries.flatMap((entry) => kind.claimedKey(entry) ?? []);

/** By a resource of one entry. */
export const claimedBy = (kind: Pick<AnyEntryKind, "claims" | "claimedKey">): Claimed => ({
  fields: kind.claims,
  keysOf: (values) => keysIn(kind, [values]),
});

export const claimedByHost: Claimed = {
  fields: sectionNames,
  keysOf: (values) =>
    sectionNames.flatMap((section) => {
      const entries = values[section];
      return isObject(entries) ? keysIn(entryKinds[section], Object.values(entries).filter(isObject)) : [];
    }),
};

/** By the kind of resource; undefined for those that declare nothing themselves. */
export function claimed(resource: string): Claimed | undefined {
  if (resource === "HostRouting") return claimedByHost;
  const kind = allKinds.find((one) => one.resource === resource);
  return kind === undefined ? undefined : claimedBy(kind);
}

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
