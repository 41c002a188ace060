// What the tests look at on a host.
import { routesOf, rulesOf } from "../host/monitor";
import type { Host } from "../lab/lab";

/** IPv4 rules that are not the kernel's, as `PRIORITY WORDS`, in the numbers of `ip -N`. */
export const rules = async (host: Host): Promise<string[]> => (await rulesOf(host)).map(withoutColon);

export const withoutColon = (rule: string): string => rule.replace(/:\s+/, " ");

/** IPv4 routes of a table that are ours. */
export const routes = (host: Host, table: number): Promise<string[]> => routesOf(host, table);

/** A resource that was made anew has a new id, which stands in the file of a table's name. */
export const withoutTokens = (snapshot: string): string => snapshot.replaceAll(/#[\w-]+/g, "#TOKEN");
