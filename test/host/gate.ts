import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A door to a host's sshd that counts who comes, and turns the first ones away. */
export interface Gate {
  readonly host: string;
  readonly port: number;
  /** Connections until now. */
  dials(): number;
  close(): Promise<void>;
}

export async function startGate(host: string, refused = 0): Promise<Gate> {
  const sockets = new Set<Socket>();
  let dials = 0;
  const server = createServer((near) => {
    dials++;
    near.on("error", () => {});
    if (dials <= refused) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host, port: 22, noDelay: true }).on("error", () => near.destroy());
    near.setNoDelay(true);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate does not listen");
  return {
    host: "127.0.0.1",
    port: address.port,
    dials: () => dials,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
