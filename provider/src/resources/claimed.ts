import { canonical } from "../spec/canonical";
import { nexthopKey, routeKey, ruleKey, tableKey } from "../spec/key";
import { routeAttributes } from "../spec/route/attributes";
import { settleRoute } from "../spec/route/route";
import { ruleAttributes, settleRule } from "../spec/rule/rule";

/** The fields that an object's key depends on, and the key that they make; none for what is not valid, which the checks report. */
type Entry = Readonly<Record<string, unknown>>;

export const ruleClaim = ["family", "from", "to", "priority"] as const;
export function claimedRule(entry: Entry): string[] {
  const { family, priority } = canonical(ruleAttributes, only(entry, ruleClaim), settleRule).values;
  return family === undefined || priority === undefined ? [] : [ruleKey({ family, priority })];
}

export const routeClaim = ["family", "destination", "from", "tos", "via", "src", "metric", "table"] as const;
export function claimedRoute(entry: Entry): string[] {
  const { values } = canonical(routeAttributes, only(entry, routeClaim), settleRoute);
  const { family, destination, table } = values;
  return family === undefined || destination === undefined || table === undefined
    ? []
    : [routeKey({ ...values, family, destination, table })];
}

export const nexthopClaim = ["nhid"] as const;
export const claimedNexthop = ({ nhid }: Entry): string[] => (typeof nhid === "number" ? [nexthopKey(nhid)] : []);

export const tableClaim = ["tableId"] as const;
export const claimedTable = ({ tableId }: Entry): string[] => (typeof tableId === "number" ? [tableKey(tableId)] : []);

const only = (entry: Entry, names: readonly string[]): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));
