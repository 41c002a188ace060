// `ip monitor` on a host, replayed: what the rules were at every moment, not only before and after.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Host } from "../lab/lab";
import { until } from "../lab/until";
import { rules } from "./host";

export interface Watch {
  /** Every list of rules that the host had since the watch began, in order, the first included. */
  end(): Promise<readonly (readonly string[])[]>;
}

/** A foreign rule that comes and goes: once it is printed, everything before it was. */
const marker = "from 192.0.2.77 lookup 777";
const markerPriority = 31_000;

export async function watchRules(host: Host): Promise<Watch> {
  const first = await rules(host);
  const child = spawn("ip", ["-n", host.namespace, "-N", "-4", "-o", "monitor", "rule"], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const seen = (): Promise<unknown> =>
    until("ip monitor to print the marker", async () => {
      await host.batch([`rule add pref ${markerPriority} ${marker.replace("lookup", "table")}`, `rule del pref ${markerPriority}`]);
      return printed.includes(marker) ? true : undefined;
    });
  await seen();
  const begin = printed.lastIndexOf("\n") + 1;
  return {
    async end() {
      const here = printed.length;
      await until("ip monitor to catch up", async () => {
        await host.batch([`rule add pref ${markerPriority} ${marker.replace("lookup", "table")}`, `rule del pref ${markerPriority}`]);
        return printed.slice(here).includes(marker) ? true : undefined;
      });
      child.kill();
      await once(child, "close");
      return replay(first, printed.slice(begin));
    },
  };
}

function replay(first: readonly string[], events: string): string[][] {
  const moments = [[...first]];
  for (const line of events.split("\n").filter((text) => text.trim() !== "" && !text.includes(marker))) {
    const now = [...(moments.at(-1) ?? [])];
    const rule = line
      .replace(/^Deleted /, "")
      .replace(/:\s+/, " ")
      .trim();
    if (!line.startsWith("Deleted ")) now.push(rule);
    else {
      const at = now.indexOf(rule);
      if (at < 0) throw new Error(`ip monitor: "${rule}" was deleted, but was not there: ${now.join("; ")}`);
      now.splice(at, 1);
    }
    moments.push(now);
  }
  return moments;
}
