import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay that is a bad path at will: late, silent from a given byte on, cut, or delivering what the other end no longer waits for. */
export interface BadPath {
  readonly host: string;
  readonly port: number;
  /** Another port of the same path: to the product, another address. */
  readonly otherPort: number;
  /** From now on each byte takes so long, either way. */
  delay(ms: number): void;
  /** Nothing is forwarded from now on, and all connections stay open. */
  stall(): void;
  /** Nothing is forwarded towards the host once so many more bytes went there. */
  stallAfter(bytes: number): void;
  /** Forwards again, first what was held back. */
  resume(): void;
  /** Resets all connections at both ends. */
  cut(): void;
  /** Resets the controller's ends only, and lets new connections pass: what was held back still reaches the host when the path resumes. */
  abandon(): void;
  close(): void;
}

export async function startBadPath(target: string): Promise<BadPath> {
  const near = new Set<Socket>();
  const far = new Set<Socket>();
  const held: (() => void)[] = [];
  const late: (() => void)[] = [];
  let delayMs = 0;
  let allowance = Number.POSITIVE_INFINITY;
  let isStalled = false;
  const deliver = (action: () => void, towardsHost: boolean): void =>
    void (isStalled || (towardsHost && allowance <= 0) ? held.push(action) : action());
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
  const pipe = (from: Socket, to: Socket, towardsHost: boolean): void => {
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => later(() => forward(to, chunk, towardsHost), towardsHost));
    from.on("end", () => later(() => void to.end(), towardsHost));
    from.on("error", () => later(() => void to.resetAndDestroy(), towardsHost));
  };
  const accept = (socket: Socket): void => {
    const other = connect({ host: target, port: 22, allowHalfOpen: true });
    for (const [set, one] of [
      [near, socket],
      [far, other],
    ] as const) {
      set.add(one);
      one.on("close", () => set.delete(one));
    }
    pipe(socket, other, true);
    pipe(other, socket, false);
  };
  const [first, second] = [await listen(accept), await listen(accept)];

  const reset = (sockets: Iterable<Socket>): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const resume = (): void => {
    allowance = Number.POSITIVE_INFINITY;
    isStalled = false;
    for (const action of [...late.splice(0), ...held.splice(0)]) action();
  };
  return {
    host: "127.0.0.1",
    port: first.port,
    otherPort: second.port,
    delay: (ms) => {
      delayMs = ms;
    },
    stall: () => {
      isStalled = true;
    },
    stallAfter: (bytes) => {
      allowance = bytes;
    },
    resume,
    cut: () => {
      held.length = 0;
      late.length = 0;
      reset([...near, ...far]);
    },
    abandon: () => {
      for (const socket of near) {
        socket.removeAllListeners("error");
        socket.removeAllListeners("end");
        socket.on("error", () => {});
      }
      reset(near);
      late.push(...held.splice(0));
      allowance = Number.POSITIVE_INFINITY;
      isStalled = false;
    },
    close: () => {
      first.server.close();
      second.server.close();
      held.length = 0;
      late.length = 0;
      reset([...near, ...far]);
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
