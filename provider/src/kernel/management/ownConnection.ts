import { canonicalAddress, familyOf } from "../../declaration/address";
import type { Flow } from "../../declaration/flow";

/** What a further login may have as its client port; what sshd may set as type of service, before and after the login (9.2 and 10.0). */
const ephemeral = { from: 1024, to: 65534 };
const typesOfService = [0, 0x10, 0x08, 0xb8, 0x20];
const tcp = 6;

/** In the place of SSH_CONNECTION where nobody logged in: what runs here runs on. */
export const noConnection = "local";

/** The mark of packets, or of which marks they have one. */
export type Mark = Pick<Flow, "mark" | "marks">;
export const unmarked: Mark = { mark: 0 };
export const anyMark: Mark = { mark: undefined };

/** Both ends of the connection that we work over. */
export interface Ends {
  readonly port: number;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly device: string | undefined;
}

/** What SSH_CONNECTION says: client, its port, server, its port. Link-local addresses carry their device behind a `%`. */
export function endsOf(connection: string): Ends | undefined {
  const [client = "", clientPort, server = "", port] = connection.split(" ");
  const [address = "", device] = client.split("%");
  const plain = (text: string) => canonicalAddress(text.split("%")[0]?.replace(/^::ffff:(?=[0-9.]+$)/, "") ?? "");
  const ends = { client: plain(address), server: plain(server), device };
  return ends.client === undefined || ends.server === undefined
    ? undefined
    : { client: ends.client, clientPort: Number(clientPort), server: ends.server, device, port: Number(port) };
}

/** What sshd sends back, on this connection or on another one of the same client. */
export function replyOf({ server, client, device, port }: Ends, mark: Mark): Flow {
  const sshd = { from: port, to: port };
  const both = { family: familyOf(client), ...mark, uid: 0, ipproto: tcp, tos: typesOfService };
  return { ...both, from: server, to: client, oif: device, sport: sshd, dport: ephemeral };
}

/** The reply to a connection, of which SSH_CONNECTION says the ends; undefined where it says none. */
export function replyFlow(connection: string): Flow | undefined {
  const ends = endsOf(connection);
  return ends === undefined ? undefined : replyOf(ends, unmarked);
}
