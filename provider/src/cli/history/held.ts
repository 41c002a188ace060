import { parseArgs } from "node:util";
import { oneLine } from "../../host/history/thisRun";
import { approve, withdraw } from "../../host/transaction/heldChange";
import type { Exit } from "../exit";
import { hostsFrom } from "../hostsFrom";
import { loginOptions } from "../source";
import { onEach } from "./onEach";

const options = { ...loginOptions, hosts: { type: "string" }, why: { type: "string" } } as const;

/** A person keeps what is held under guard, and says how that ended. */
export async function confirm(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  return onEach("confirm", await hostsFrom(positionals, values, "confirm"), async (connection) => {
    const { isConfirmed, words } = await approve(connection, oneLine(values.why ?? ""));
    return { line: words, isDone: isConfirmed };
  });
}

/** A person takes back what is held under guard. */
export async function retract(args: string[]): Promise<Exit> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  return onEach("retract", await hostsFrom(positionals, values, "retract"), async (connection) => {
    const { words } = await withdraw(connection, oneLine(values.why ?? ""));
    return { line: words, isDone: words === "undone" };
  });
}
