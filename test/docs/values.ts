import type { Lab } from "../lab/lab";

/** What the documents say, and what it is in a lab: its first host is edge-1, and so on. */
export function valuesOf(lab: Lab): ReadonlyMap<string, string> {
  const values = new Map<string, string>([["192.0.2.7", lab.internet.address]]);
  const nets = ["198.51.100", "203.0.113"];
  for (const [index, host] of lab.hosts.entries())
    for (const [at, net] of nets.entries()) {
      const uplink = host.uplinks[at];
      if (uplink === undefined) continue;
      const bits = uplink.prefix.split("/")[1];
      values.set(`${net}.${10 + index}/24`, `${uplink.address}/${bits}`);
      values.set(`${net}.${10 + index}`, uplink.address);
      values.set(`${net}.1`, uplink.gateway);
      values.set(`${net}.0/24`, uplink.prefix);
      values.set(`2001:db8:${at + 1}::${10 + index}/64`, `${uplink.address6}/64`);
      values.set(`2001:db8:${at + 1}::1`, uplink.gateway6);
    }
  return values;
}

/** Puts the second of each pair where the first stands, as a whole word, the longest first. */
export function replaced(text: string, pairs: Iterable<readonly [string, string]>): string {
  const table = new Map(pairs);
  const words = [...table.keys()].sort((a, b) => b.length - a.length).map((word) => word.replace(/[.]/g, "\\."));
  return text.replace(new RegExp(`(?<![\\w.:])(?:${words.join("|")})(?![\\w:/]|\\.\\d)`, "g"), (word) => table.get(word) ?? word);
}
