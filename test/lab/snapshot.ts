import type { Namespace } from "./namespace";
import { must } from "./run";

/** The kernel's side, in numbers: names would depend on the files. Rules keep their order, since it decides among equal priorities. */
async function tables(namespace: string, family: "-4" | "-6"): Promise<string> {
  const show = async (what: string): Promise<string[]> =>
    (await must(["ip", "-n", namespace, "-N", "-d", "-o", family, ...what.split(" ")])).split("\n").map(withoutState);
  const [rules, routes] = await Promise.all([show("rule show"), show("route show table all")]);
  return [`rules ${family}`, ...rules, `routes ${family}`, ...routes.sort()].join("\n");
}

/** What the passing of time and a link's carrier change. */
function withoutState(line: string): string {
  return line.replace(/ (expires \d+sec|linkdown|dead)(?= |$)/g, "").trimEnd();
}

/** Each of our files with its kind, mode, owner and text, wherever in /etc it is, and the sysctls that decide about routing. */
const FILES = `
ours() { find /etc '(' -path '*policy-routing*' -o -path '/etc/iproute2*' -o -path /etc/rc.local ')' "$@"; }
ours -printf '%p %y %m %u %l\\n' | sort
ours -type f -exec grep -Hn '' '{}' + | sort -t: -k1,1 -k2,2n
grep -H '' /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/conf/*/src_valid_mark /proc/sys/net/ipv4/conf/*/arp_*`;

/** Everything of a host that policy routing is about, as text: equal texts mean an equal host. */
export async function snapshot(host: Namespace): Promise<string> {
  const parts = await Promise.all([
    tables(host.namespace, "-4"),
    tables(host.namespace, "-6"),
    must(["ip", "-n", host.namespace, "-N", "-d", "-o", "nexthop", "show"]),
    host.exec(FILES),
  ]);
  return parts.join("\n");
}
