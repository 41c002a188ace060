import type { Connection } from "../../declaration/connection";
import { escapeOutput, isPolicyRoutingError, messageOf } from "../../errors";
import { closeHosts } from "../../host/host";
import { type Exit, exits } from "../exit";

/** What became of it on one host. */
export interface Said {
  readonly line: string;
  readonly isDone: boolean;
}

/** On all hosts at once, each for itself; a line a host. */
export async function onEach(
  command: string,
  connections: readonly Connection[],
  ask: (connection: Connection) => Promise<Said>,
): Promise<Exit> {
  try {
    const done = await Promise.all(
      connections.map((connection) =>
        ask(connection).then(
          ({ line, isDone }) => {
            process.stdout.write(`${escapeOutput(`${connection.host}: ${line}`)}\n`);
            return isDone;
          },
          (error: unknown) => {
            const words = isPolicyRoutingError(error) ? error.at({ host: connection.host }).message : escapeOutput(messageOf(error));
            process.stderr.write(`policy-routing ${command}: ${words}\n`);
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
