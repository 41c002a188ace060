import { readFileSync } from "node:fs";
import { endsOf, noConnection } from "../../kernel/management/ownConnection";
import type { Begin, Connected } from "../wire/channel";
import { secondsFor, type Urgency } from "./hop";
import { Limit } from "./limit";
import { unreachable } from "./login";
import { programOf } from "./program";
import type { Target } from "./target";

/** A shell on this machine, for a program that runs on the host itself. Whatever ends it, it ended by itself: there is no connection to lose. */
export async function runHere<Begun>(target: Target, command: string, begin: Begin<Begun>, urgency?: Urgency): Promise<Connected<Begun>> {
  // Not with what it started: a guard of ours may be among it.
  const { channel } = programOf(["sh", "-c", command], { isLost: () => false, withItsOwn: false });
  const limit = new Limit(secondsFor(target.perDialTimeout, urgency), (time) =>
    unreachable(target, `no shell within ${Math.round(time * 10) / 10} s`),
  );
  const begun = Promise.resolve(begin(channel));
  begun.catch(() => {}); // where the time is over first
  try {
    return { begun: await Promise.race([begun, limit.over]), onLost: channel.onClose, close: channel.close };
  } catch (error) {
    channel.close();
    throw error;
  } finally {
    limit.stand();
  }
}

/**
 * The SSH_CONNECTION of whoever runs the program here, whose way is to be protected: sudo, su and others take it out of the environment, so that
 * of the processes above counts too. Empty where that cannot be read.
 */
export function connectionHere(): string {
  const own = process.env["SSH_CONNECTION"];
  for (let [pid, connection] = [String(process.pid), own]; ; ) {
    if (connection !== undefined) return isConnection(connection) ? connection : "";
    try {
      const [, parent = "0"] = /\) . ([0-9]+) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      if (parent === "0") return noConnection;
      pid = parent;
      [, connection] = /(?:^|\0)SSH_CONNECTION=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, "latin1")) ?? [];
    } catch {
      return "";
    }
  }
}

/** It comes to stand in the words of a shell. */
const isConnection = (text: string): boolean =>
  /^[0-9A-Za-z.:%_-]+ [0-9]+ [0-9A-Za-z.:%_-]+ [0-9]+$/.test(text) && endsOf(text) !== undefined;
