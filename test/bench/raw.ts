// The peers without an engine: OpenSSH's client as a person would call it in a loop, 32 at a time.
// Its key exchange decides the cost: the default of OpenSSH 9, sntrup761, takes 80 ms of CPU; ssh2, hence ours, has only curve25519.
import pLimit from "p-limit";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import type { Fleet } from "./fleet";
import { batchLines, objectsOf } from "./objects";
import type { Sample } from "./rows";

const atOnce = 32;

type KeyExchange = "default" | "curve25519";

/** The lab's command line asks for curve25519. */
function commandLine(host: Host, command: string, exchange: KeyExchange): [string, ...string[]] {
  const [program, ...args] = host.sshCommand(["--", command]);
  const at = args.findIndex((word) => word.startsWith("KexAlgorithms="));
  return exchange === "default" && at !== -1 ? [program, ...args.toSpliced(at - 1, 2)] : [program, ...args];
}

/** One `ssh` a host. */
async function ssh(fleet: Fleet, command: string, input: string, exchange: KeyExchange): Promise<Sample> {
  const limit = pLimit(atOnce);
  const began = performance.now();
  const results = await Promise.all(fleet.hosts.map((host) => limit(() => run(commandLine(host, command, exchange), { input }))));
  const seconds = (performance.now() - began) / 1000;
  const failed = results.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(`${command}: ${failed.stderr}`);
  return { seconds };
}

export const rawBatch =
  (exchange: KeyExchange) =>
  async (fleet: Fleet, count: number): Promise<Sample> => {
    await fleet.clear();
    const sample = await ssh(fleet, "ip -batch -", `${batchLines(objectsOf(count)).join("\n")}\n`, exchange);
    await fleet.mustBeComplete(count);
    return sample;
  };

export const rawRule = (fleet: Fleet): Promise<Sample> => ssh(fleet, "ip -j rule", "", "default");
