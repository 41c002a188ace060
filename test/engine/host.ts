// What the tests look at on a host.
import type { Host } from "../lab/lab";

/** Our tag; another stack configuration could change it. */
export const ours = 214;

/** IPv4 rules that are not the kernel's, as `PRIORITY WORDS`, in the numbers of `ip -N`. */
export async function rules(host: Host): Promise<string[]> {
  const shown = await host.exec("ip -N -4 rule show");
  return shown
    .split("\n")
    .map((line) => line.replace(/:\s+/, " ").trim())
    .filter((line) => line !== "" && !/^(0|32766|32767) /.test(line));
}

/** IPv4 routes of a table that are ours. */
export async function routes(host: Host, table: number): Promise<string[]> {
  const shown = await host.exec(`ip -N -4 route show table ${table} 2>/dev/null || true`);
  return shown
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A resource that was made anew has a new id, which stands in the file of a table's name. */
export const withoutTokens = (snapshot: string): string => snapshot.replaceAll(/#[\w-]+/g, "#TOKEN");
