import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

/** The two ends of a program that leads to a host. */
export interface Pipes {
  readonly stream: Duplex;
  /** What the program said on its standard error, once it ended. */
  said(): Promise<string>;
}

const patience = 2000;
/** Milliseconds in which a program that was ended may still say why. */
const lastWords = 300;

/** Runs a ProxyCommand as ssh does: the person's shell becomes the command, whose standard input and output are the way. It ends with the stream. */
export function pipesOf(command: string): Pipes {
  const shell = process.env["SHELL"];
  const child = spawn(shell === undefined || shell === "" ? "/bin/sh" : shell, ["-c", `exec ${command}`], { stdio: "pipe" });
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-2000);
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {}); // told by its close
  stream.once("close", () => {
    child.kill("SIGHUP");
    const late = setTimeout(() => child.kill("SIGKILL"), patience);
    late.unref();
    child.once("exit", () => clearTimeout(late));
  });
  child.once("error", (error) => {
    said += error.message;
    stream.destroy();
  });
  child.once("close", () => stream.destroy());
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    stream,
    said: async () => {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, lastWords).unref())]);
      return said;
    },
  };
}
