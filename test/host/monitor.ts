import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Host } from "../lab/lab";
import { must } from "../lab/run";
import { until } from "../lab/until";

/** Rules of a host that are not the kernel's own, in their order, as `ip` prints them by number. */
export async function rulesOf(host: Host, family: "-4" | "-6" = "-4"): Promise<string[]> {
  const text = await must(["ip", "-n", host.namespace, "-N", family, "rule", "show"]);
  return text
    .split("\n")
    .map((line) => line.replaceAll("\t", " ").trim())
    .filter((line) => line !== "" && !/^(0|32766|32767):/.test(line));
}

export async function routesOf(host: Host, table: number, family: "-4" | "-6" = "-4"): Promise<string[]> {
  const text = await must(["ip", "-force", "-n", host.namespace, "-N", family, "route", "show", "table", String(table)]).catch(() => "");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What `ip monitor` saw between two moments, in order: rules and routes, `Deleted ...` for what went. */
export interface Watch {
  end(): Promise<string[]>;
}

/** The priorities of rules that nobody else uses: they mark the two moments. */
const [first, last] = [31998, 31999];

export async function watch(host: Host, words: readonly string[] = ["monitor", "rule", "route"]): Promise<Watch> {
  const child = spawn("ip", ["-n", host.namespace, "-N", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const lines = (): string[] => text.split("\n").map((line) => line.replaceAll("\t", " ").trim());
  const find = (start: string): number => lines().findIndex((line) => line.startsWith(start));
  const seen = (start: string) => until(`ip monitor to say ${start}`, async () => (find(start) === -1 ? undefined : find(start)), 20_000);
  // The monitor listens some time after it was started: the mark is set until it is seen.
  await until(
    "ip monitor to listen",
    async () => {
      await host.batch([`rule add pref ${first} table 9`, `rule del pref ${first}`]);
      return find(`Deleted ${first}:`) === -1 ? undefined : true;
    },
    20_000,
  );
  const marks = [`${first}:`, `Deleted ${first}:`, `${last}:`, `Deleted ${last}:`];
  return {
    end: async () => {
      await host.batch([`rule add pref ${last} table 9`, `rule del pref ${last}`]);
      await seen(`Deleted ${last}:`);
      const ended = once(child, "exit");
      child.kill();
      await ended;
      return lines().filter((line) => line !== "" && !marks.some((mark) => line.startsWith(mark)));
    },
  };
}

/**
 * Replays what a monitor saw upon the rules that were there before, and returns each moment at which one of the selectors had no rule,
 * at whatever priority: none, where nothing was ever missing.
 */
export function gaps(before: readonly string[], events: readonly string[], selectors: readonly string[]): string[] {
  const rules = [...before];
  const found: string[] = [];
  for (const event of events) {
    if (event.startsWith("Deleted ")) {
      const index = rules.indexOf(event.slice("Deleted ".length));
      if (index === -1) found.push(`${event}: was not there`);
      else rules.splice(index, 1);
    } else rules.push(event);
    for (const selector of selectors)
      if (!rules.some((rule) => rule.includes(selector))) found.push(`after "${event}": no rule ${selector}`);
  }
  return found;
}
