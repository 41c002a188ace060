import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface RelayOptions {
  /** Where it forwards to. */
  readonly host: string;
  readonly port?: number;
  /** How long a byte takes at first, either way. */
  readonly delayMs?: number;
  /** How many of the first connections are reset as soon as they come. */
  readonly refused?: number;
}

/** A TCP relay on loopback, a good path or a bad one at will: late, silent, cut. The kernel here has no netem. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** Another port of the same path: to the product, another address. */
  readonly otherPort: number;
  /** Connections until now, the refused ones too. */
  dials(): number;
  /** From now on each byte takes so long, either way. */
  delay(ms: number): void;
  /** Forwards nothing from now on, and keeps all connections open: a path that died without a word. */
  stall(): void;
  /** Nothing is forwarded towards the host once so many more bytes went there. */
  stallAfter(bytes: number): void;
  /** Forwards again, first what was held back. */
  resume(): void;
  /** Resets all connections at both ends; new ones are welcome. */
  cut(): void;
  /** Resets the controller's ends only, and lets new connections pass: what was held back still reaches the host when the path resumes. */
  abandon(): void;
  close(): Promise<void>;
}

export async function startRelay({ host, port = 22, delayMs: first = 0, refused = 0 }: RelayOptions): Promise<Relay> {
  const near = new Set<Socket>();
  const far = new Set<Socket>();
  const held: (() => void)[] = [];
  /** Held back for connections that were abandoned since. */
  const abandoned: (() => void)[] = [];
  let dials = 0;
  let delayMs = first;
  let allowance = Number.POSITIVE_INFINITY;
  let isStalled = false;
  const deliver = (action: () => void, towardsHost: boolean): void =>
    void (isStalled || (towardsHost && allowance <= 0) ? held.push(action) : action());
  // Timers of one length fire in the order in which they were set: bytes stay in order.
  const later = (action: () => void, towardsHost: boolean): void =>
    delayMs === 0 ? deliver(action, towardsHost) : void setTimeout(deliver, delayMs, action, towardsHost);

  const forward = (socket: Socket, chunk: Buffer, towardsHost: boolean): void => {
    if (!towardsHost || chunk.length <= allowance) {
      if (towardsHost) allowance -= chunk.length;
      socket.write(chunk);
      return;
    }
    const rest = chunk.subarray(allowance);
    socket.write(chunk.subarray(0, allowance));
    allowance = 0;
    held.push(() => void socket.write(rest));
  };
  const pipe = (from: Socket, to: Socket, ends: Set<Socket>): void => {
    const towardsHost = ends === near;
    ends.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => later(() => forward(to, chunk, towardsHost), towardsHost));
    from.on("end", () => later(() => void to.end(), towardsHost));
    from.on("error", () => later(() => void to.resetAndDestroy(), towardsHost));
    from.on("close", () => ends.delete(from));
  };
  const accept = (socket: Socket): void => {
    dials++;
    if (dials <= refused) {
      socket.on("error", () => {}).resetAndDestroy();
      return;
    }
    const other = connect({ host, port, allowHalfOpen: true });
    pipe(socket, other, near);
    pipe(other, socket, far);
  };
  const [one, other] = [await listen(accept), await listen(accept)];

  const reset = (sockets: Iterable<Socket>): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const pass = (): void => {
    allowance = Number.POSITIVE_INFINITY;
    isStalled = false;
  };
  const cut = (): void => {
    held.length = 0;
    abandoned.length = 0;
    reset([...near, ...far]);
  };
  return {
    host: "127.0.0.1",
    port: one.port,
    otherPort: other.port,
    dials: () => dials,
    delay: (ms) => {
      delayMs = ms;
    },
    stall: () => {
      isStalled = true;
    },
    stallAfter: (bytes) => {
      allowance = bytes;
    },
    resume: () => {
      pass();
      for (const action of [...abandoned.splice(0), ...held.splice(0)]) action();
    },
    cut,
    abandon: () => {
      for (const socket of near) {
        socket.removeAllListeners("error");
        socket.removeAllListeners("end");
        socket.on("error", () => {});
      }
      reset(near);
      abandoned.push(...held.splice(0));
      pass();
    },
    close: async () => {
      const closed = [one, other].map(({ server }) => once(server.close(), "close"));
      cut();
      await Promise.all(closed);
    },
  };
}

async function listen(accept: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay does not listen");
  return { server, port: address.port };
}
