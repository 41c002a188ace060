import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "ssh2";
import { must } from "../lab/run";

/** Something that answers on loopback, up to a point, and then no more. */
export interface Silent {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const listening = async (
  server: { listen(port: number, host: string): unknown; address(): AddressInfo | string | null; close(): unknown },
  sockets: Set<{ destroy(): unknown }>,
): Promise<Silent> => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  return {
    host: "127.0.0.1",
    port: address.port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** Takes connections and never says a word. */
export async function startListener(): Promise<Silent> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return listening(server, sockets);
}

/** By ssh-keygen: of those that ssh2 makes, 1 in 200 is one that it cannot read. */
async function newKey(): Promise<{ private: string; public: string }> {
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-key-"));
  const path = join(folder, "key");
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path]);
  const [own, published] = await Promise.all([path, `${path}.pub`].map((one) => readFile(one, "utf8")));
  await rm(folder, { recursive: true });
  return { private: own ?? "", public: (published ?? "").trim() };
}

/**
 * An sshd that lets anybody in, and answers neither a command nor a way through: a real one cannot be made to. Its first command it hands
 * to the ssh of `real`, if there is one.
 */
export async function startSshd(
  real?: (command: string) => readonly [string, ...string[]],
): Promise<Silent & { readonly hostKey: string }> {
  const key = await newKey();
  const sockets = new Set<{ destroy(): unknown }>();
  let isFirst = true;
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    sockets.add({ destroy: () => client.end() });
    client.on("error", () => {});
    client.on("authentication", (login) => login.accept());
    // Neither accepted nor refused: whoever asked goes on waiting.
    client.on("tcpip", () => {});
    client.on("session", (accept) =>
      accept().on("exec", (begin, _refuse, { command }) => {
        if (real === undefined || !isFirst) return;
        isFirst = false;
        const [program, ...args] = real(command);
        const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
        const channel = begin();
        channel.pipe(child.stdin);
        child.stdout.pipe(channel);
        sockets.add({ destroy: () => child.kill() });
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { ...(await listening(server, sockets)), hostKey: key.public };
}
