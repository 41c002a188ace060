import { connect } from "node:net";
import type { Readable } from "node:stream";

/**
 * The plugin lives by its gRPC server: a CLI that was killed leaves it behind for ever, with its connections to the hosts. Its standard input
 * is a pipe from the CLI; its end, and an engine that no longer listens, together say that nobody will ever ask for anything again.
 */
export interface Surroundings {
  /** The pipe from the CLI. */
  readonly input: Readable;
  /** Whether the engine still listens. */
  engineListens(): Promise<boolean>;
  /** It is gone, and changes may be running yet. */
  gone(): void;
  exit(): void;
}

/** Longer than one change with its guard of the usual length; what takes longer is undone by its guard. */
const patience = 90_000;
const pause = 500;

const running = new Set<Promise<unknown>>();

/** Work that must not be cut short. */
export function untilDone<Value>(work: Promise<Value>): Promise<Value> {
  running.add(work);
  const done = (): void => void running.delete(work);
  work.then(done, done);
  return work;
}

export const isWorking = (): boolean => running.size > 0;

/**
 * A warning to an engine that is gone is lost, no more. Without this the failed write is an uncaught exception, which the plugin reports on
 * the same stream, and so on for ever.
 */
export function bearLostOutput(...streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) stream.on("error", () => {});
}

/** Ends the process once the engine is gone: after the running changes have ended, but not after their guards would have fired. */
export function endWithEngine({ input, engineListens, gone, exit }: Surroundings, limit = patience): void {
  const look = async (): Promise<void> => {
    if (await engineListens()) {
      setTimeout(() => void look(), pause).unref();
      return;
    }
    gone();
    const late = new Promise((resolve) => setTimeout(resolve, limit).unref());
    await Promise.race([Promise.allSettled(running), late]);
    exit();
  };
  input.once("end", () => void look());
  input.resume(); // nothing is ever written there; without a reader its end is not seen
}

export interface EngineAddress {
  readonly host: string;
  readonly port: number;
}

/** As gRPC takes it. */
export const textOf = ({ host, port }: EngineAddress): string => `${host}:${port}`;

/** The engine's address when this process is the dynamic provider's plugin, which gets it as its first argument; else undefined. */
export function engineAddress(main: string | undefined, argument: string | undefined): EngineAddress | undefined {
  const isPlugin = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]dynamic-provider[\\/]index\.js$/.test(main ?? "");
  return isPlugin ? addressIn(argument) : undefined;
}

/** The address that every plugin gets as its first argument. */
export function addressIn(argument: string | undefined): EngineAddress | undefined {
  const [, host, port] = /^(.+):([0-9]+)$/.exec(argument ?? "") ?? [];
  return host !== undefined && port !== undefined ? { host, port: Number(port) } : undefined;
}

export function listens(address: EngineAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
