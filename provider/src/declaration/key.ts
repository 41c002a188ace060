import { defaultOwner } from "./owner";
import type { Route } from "./route/route";
import type { Rule } from "./rule/rule";

/**
 * What makes two declarations the same object on a host, in words that a person on the host can read. Register, plan, ids, duplicates and
 * comparison all use these.
 */

/** One declared rule per family and priority; in the kernel that may be a set of them. */
export const ruleKey = ({ family, priority }: Pick<Rule, "family" | "priority">): string => `rule ${family} ${priority}`;

/** The kernel's key of a route: proto, gateway, device and source address are not in it. */
export function routeKey({
  family,
  table,
  destination,
  from,
  tos,
  metric,
}: Pick<Route, "family" | "table" | "destination" | "from" | "tos" | "metric">): string {
  return [
    `route ${family}`,
    `table ${table}`,
    destination,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(tos === undefined ? [] : [`tos ${tos}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
  ].join(" ");
}

/** Next hop objects are numbered without regard to families. */
export const nexthopKey = (nhid: number): string => `nexthop ${nhid}`;

export const tableKey = (tableId: number): string => `table ${tableId}`;

/** Settings and names have no tag in the kernel; of all else, entries of several tags are several objects. */
const isTagged = (key: string): boolean => !/^(?:sysctl|table) /.test(key);

/** The register's key of an object. The default tag is not said. A displaced rule waits under its owner's STAGING. */
export const registerKey = (key: string, owner: number | "?", staging = false): string =>
  `${key}${staging ? " staging" : ""}${owner === defaultOwner || !isTagged(key) ? "" : ` proto ${owner}`}`;

export interface RegisterKey {
  /** Of the object. */
  readonly key: string;
  readonly staging: boolean;
  /** The OWNER of the stack; undefined where it is not said: the default, or one of an older version; `?`: of an older version and not the default. */
  readonly owner: number | "?" | undefined;
}

export function parseRegisterKey(text: string): RegisterKey {
  const [, key = text, staging, owner] = /^(.*?)( staging)?(?: proto ([0-9]+|\?))?$/.exec(text) ?? [];
  return { key, staging: staging !== undefined, owner: owner === undefined ? undefined : owner === "?" ? owner : Number(owner) };
}
