import { parseArgs } from "node:util";
import { escapeOutput, isPolicyRoutingError, messageOf } from "../../errors";
import { allow as allowOn } from "../../host/history/allow";
import { closeHosts } from "../../host/host";
import { hostsFrom } from "../hostsFrom";
import { loginOptions } from "../source";
import { type Exit, exits } from "../usage";

/** Lets pulumi up make again what was taken back. */
export async function allow(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, hosts: { type: "string" }, run: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const connections = await hostsFrom(positionals, values, "allow");
  try {
    const done = await Promise.all(
      connections.map((connection) =>
        allowOn(connection, values.run).then(
          (gone) => {
            const keys = gone.map(({ key }) => key);
            const line = keys.length === 0 ? "nothing of it was taken back here" : `allowed again: ${keys.join(", ")}`;
            process.stdout.write(`${escapeOutput(`${connection.host}: ${line}`)}\n`);
            return true;
          },
          (error: unknown) => {
            process.stderr.write(`policy-routing allow: ${isPolicyRoutingError(error) ? error.message : escapeOutput(messageOf(error))}\n`);
            return false;
          },
        ),
      ),
    );
    return done.every(Boolean) ? exits.done : exits.found;
  } finally {
    closeHosts();
  }
}
