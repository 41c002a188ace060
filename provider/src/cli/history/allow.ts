import { parseArgs } from "node:util";
import { allow as allowOn } from "../../host/history/allow";
import type { Exit } from "../exit";
import { hostsFrom } from "../hostsFrom";
import { loginOptions } from "../source";
import { onEach } from "./onEach";

/** Lets pulumi up make again what was taken back. */
export async function allow(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, hosts: { type: "string" }, run: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const connections = await hostsFrom(positionals, values, "allow");
  return onEach("allow", connections, async (connection) => {
    const keys = (await allowOn(connection, values.run)).map(({ key }) => key);
    return { line: keys.length === 0 ? "nothing of it was taken back here" : `allowed again: ${keys.join(", ")}`, isDone: true };
  });
}
