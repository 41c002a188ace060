// What packets, and the rule by which they go, went through in each step of a change-over.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { INTERNET } from "../lab/addresses";
import type { BootedHost } from "../lab/booted/booted";
import { must } from "../lab/run";
import { until } from "../lab/until";

export interface Seen {
  readonly sent: number;
  readonly lost: number;
  /** How few rules into table 102 there were at any moment, by the kernel's own events. */
  readonly fewest: number;
}

export interface Flow {
  /** Since the last time that it was asked, or since it began. Nothing goes unseen in between. */
  seen(): Promise<Seen>;
  end(): Promise<void>;
}

/** 100 packets a second by the second uplink alone: its provider takes no others, and the first one's none of these. */
export async function startFlow(host: BootedHost): Promise<Flow> {
  const [, { address }] = host.uplinks;
  const ping = ["netns", "exec", host.namespace, "ping", "-q", "-i", "0.01", "-I", address, INTERNET.address];
  const monitor = ["-n", host.namespace, "-4", "-N", "-o", "monitor", "rule"];
  const children = [ping, monitor].map((args) => spawn("ip", args, { stdio: ["ignore", "pipe", "pipe"] }));
  const [flow, events] = children;
  let told = "";
  let counts = "";
  events?.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  flow?.stderr.on("data", (chunk: Buffer) => {
    counts += chunk.toString();
  });
  /** A rule that is nobody's comes and goes, until the monitor tells of it: then it has told of all before. */
  const heard = async (): Promise<void> => {
    const from = told.length;
    for (const verb of ["add", "del"]) await must(["ip", "-n", host.namespace, "rule", verb, "pref", "31999", "table", "4000"]);
    await until("the kernel's events", async () => (told.slice(from).includes("Deleted 31999:") ? true : undefined));
  };
  /** At SIGQUIT `ping` says how many it has sent and how many came. */
  const counted = async (): Promise<readonly number[]> => {
    const from = counts.length;
    const said = (): RegExpExecArray | null => /([0-9]+)\/([0-9]+) packets/.exec(counts.slice(from));
    flow?.kill("SIGQUIT");
    const [, came, sent] = await until("the packets to be counted", async () => said() ?? undefined);
    return [Number(came), Number(sent)];
  };
  // Before it catches the signal it would end by it.
  await until("ping", async () => {
    const [, caught = "0"] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(await readFile(`/proc/${flow?.pid}/status`, "utf8")) ?? [];
    return (BigInt(`0x${caught}`) & 4n) === 0n ? undefined : true;
  });
  await until("the first packet", async () => (((await counted())[0] ?? 0) > 0 ? true : undefined));
  await until("the monitor", () =>
    heard().then(
      () => true as const,
      () => undefined,
    ),
  );
  const standing = async (): Promise<number> =>
    (await must(["ip", "-n", host.namespace, "-4", "-N", "rule"])).split("\n").filter((line) => line.includes("lookup 102")).length;
  let before = { counts: await counted(), events: told.length, rules: await standing() };
  return {
    seen: async () => {
      await heard();
      const now = { counts: await counted(), events: told.length, rules: await standing() };
      let [rules, fewest] = [before.rules, before.rules];
      for (const line of told.slice(before.events).split("\n")) {
        if (!line.includes("lookup 102")) continue;
        rules += line.startsWith("Deleted ") ? -1 : 1;
        fewest = Math.min(fewest, rules);
      }
      const [came = Number.NaN, sent = Number.NaN] = now.counts.map((count, at) => count - (before.counts[at] ?? Number.NaN));
      before = now;
      return { sent, lost: Math.max(0, sent - came - 1), fewest }; // one may be on its way
    },
    end: async () => {
      for (const child of children) child.kill();
      await Promise.all(children.map((child) => (child.exitCode ?? child.signalCode ?? null) === null && once(child, "exit")));
    },
  };
}
