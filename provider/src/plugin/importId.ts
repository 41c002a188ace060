import { parsePrefix } from "../declaration/address";
import { type Family, families } from "../declaration/family";
import { type Table, tableSchema } from "../declaration/tableNumber";
import { PolicyRoutingError } from "../errors";

/** What an id to be imported names: a place on a host, as every id of ours begins. */
export type Place = EntryPlace | { readonly kind: "HostRouting" };

/** That of one entry. */
export type EntryPlace =
  | { readonly kind: "PolicyRule"; readonly family: Family; readonly priority: number }
  | { readonly kind: "PolicyRoute"; readonly family: Family; readonly table: Table; readonly destination: string }
  | { readonly kind: "NextHop"; readonly nhid: number }
  | { readonly kind: "RoutingTable"; readonly tableId: number };

export interface ImportId {
  readonly host: string;
  /** `rule/inet/1000` */
  readonly place: string;
  readonly is: Place;
}

/** How an id of each kind is written, for messages. */
const forms: Readonly<Record<string, string>> = {
  PolicyRule: "HOST/rule/inet/1000",
  PolicyRoute: "HOST/route/inet/102/default, HOST/route/inet6/main/2001:db8::/32",
  NextHop: "HOST/nexthop/7",
  RoutingTable: "HOST/table/102",
  HostRouting: "HOST/routing",
};

/** The token behind `#`, by which the register knows an entry, may stand there or not. */
export function parseImportId(kind: string, id: string): ImportId {
  const [, host, place = ""] = /^([^/]+)\/([^#]+)(?:#.*)?$/.exec(id) ?? [];
  const is = placeOf(place);
  if (host === undefined || is?.kind !== kind)
    throw new PolicyRoutingError("invalid", {
      topic: "import-id",
      what: `${id} is no id of a ${kind} that can be imported`,
      next: `write it as ${forms[kind] ?? "HOST/PLACE"}`,
    });
  return { host, place, is };
}

function placeOf(place: string): Place | undefined {
  if (place === "routing") return { kind: "HostRouting" };
  const [what, first = "", second = "", ...rest] = place.split("/");
  const family = families.find((one) => one === first);
  const number = (text: string): number | undefined => (/^[0-9]{1,10}$/.test(text) ? Number(text) : undefined);
  if (what === "rule" && family !== undefined && rest.length === 0) {
    const priority = number(second);
    return priority === undefined ? undefined : { kind: "PolicyRule", family, priority };
  }
  if (what === "route" && family !== undefined) {
    const table = tableSchema.safeParse(number(second) ?? second);
    const destination = rest.join("/");
    const isDestination = destination === "default" || parsePrefix(destination) !== undefined;
    return table.success && isDestination ? { kind: "PolicyRoute", family, table: table.data, destination } : undefined;
  }
  const only = second === "" ? number(first) : undefined;
  if (only === undefined) return undefined;
  return what === "nexthop" ? { kind: "NextHop", nhid: only } : what === "table" ? { kind: "RoutingTable", tableId: only } : undefined;
}
