// `ip monitor` on a host, replayed: what the rules were at every moment, not only before and after.
import { watch } from "../host/monitor";
import type { Host } from "../lab/lab";
import { rules, withoutColon } from "./host";

export interface RuleWatch {
  /** Every list of IPv4 rules that the host had since the watch began, in order, the first included. */
  end(): Promise<readonly (readonly string[])[]>;
}

export async function watchRules(host: Host): Promise<RuleWatch> {
  const first = await rules(host);
  const watching = await watch(host, ["-4", "monitor", "rule"]);
  return { end: async () => replay(first, await watching.end()) };
}

function replay(first: readonly string[], events: readonly string[]): string[][] {
  const moments = [[...first]];
  for (const event of events) {
    const now = [...(moments.at(-1) ?? [])];
    const rule = withoutColon(event.replace(/^Deleted /, ""));
    if (!event.startsWith("Deleted ")) now.push(rule);
    else {
      const at = now.indexOf(rule);
      if (at < 0) throw new Error(`ip monitor: "${rule}" was deleted, but was not there: ${now.join("; ")}`);
      now.splice(at, 1);
    }
    moments.push(now);
  }
  return moments;
}
