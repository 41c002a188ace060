import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface RelayOptions {
  /** Where it forwards to. */
  host: string;
  port?: number;
  /** How long a byte takes, either way. */
  delayMs?: number;
}

/** A TCP relay on loopback that makes a near host far: the kernel here has no netem. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** Forwards nothing from now on, and keeps all connections open: a path that died without a word. */
  stall(): void;
  /** Forwards again, first what was held back. */
  resume(): void;
  /** Resets all connections; new ones are welcome. */
  cut(): void;
  close(): Promise<void>;
}

export async function startRelay({ host, port = 22, delayMs = 0 }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let stalled = false;
  const deliver = (action: () => void): void => void (stalled ? held.push(action) : action());
  // Timers of one length fire in the order in which they were set: bytes stay in order.
  const later = (action: () => void): void => (delayMs === 0 ? deliver(action) : void setTimeout(deliver, delayMs, action));

  const pipe = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk) => later(() => void to.write(chunk)));
    from.on("end", () => later(() => void to.end()));
    from.on("error", () => later(() => void to.resetAndDestroy()));
    from.on("close", () => sockets.delete(from));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true });
    pipe(near, far);
    pipe(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    held.length = 0;
  };
  return {
    host: "127.0.0.1",
    port: portOf(server.address()),
    stall: () => {
      stalled = true;
    },
    resume: () => {
      stalled = false;
      for (const action of held.splice(0)) action();
    },
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the relay does not listen");
  return address.port;
}
