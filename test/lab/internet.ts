import { spawn } from "node:child_process";
import { once } from "node:events";
import { INTERNET } from "./addresses";
import { Namespace, namespaceOf } from "./namespace";
import { INTERNET_NODE } from "./network";

/** Tells every caller which address it was seen with. */
const WHO_AM_I = `require("node:net").createServer((socket) => socket.on("error", () => {}).end(socket.remoteAddress.replace("::ffff:", "") + "\\n"))
  .listen(Number(process.argv[1]), "::", () => console.log("listening"))`;

/** What lies beyond every provider: one node that each of them reaches, and that reaches a host's uplink by its own provider only. */
export class Internet extends Namespace {
  readonly address = INTERNET.address;
  readonly address6 = INTERNET.address6;

  constructor(lab: string) {
    super(namespaceOf(lab, INTERNET_NODE));
  }

  /** Whether a TCP connection from here comes about. */
  async tcpConnect(address: string, port: number, timeoutMs = 1_000): Promise<boolean> {
    const { code } = await this.result(`exec timeout ${timeoutMs / 1_000} bash -c 'exec 3<>/dev/tcp/${address}/${port}'`);
    return code === 0;
  }

  /** A TCP server here, on both addresses, until the lab or the returned function ends it: it answers with the caller's address. */
  async serve(port: number): Promise<() => void> {
    const [program, ...args] = await this.enter();
    const child = spawn(program, [...args, process.execPath, "-e", WHO_AM_I, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
    child.unref();
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
    ]);
    child.stdout.destroy();
    return () => void child.kill("SIGKILL");
  }
}
