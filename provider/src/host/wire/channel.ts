import type { Readable } from "node:stream";

/** The ends of a command that runs on a host, whichever transport led there. */
export interface Channel {
  readonly output: Readable;
  readonly complaints: Readable;
  write(bytes: Buffer | string): void;
  /** The command ended by itself, as opposed to a connection that was lost. */
  onExit(listener: () => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Called with the channel at once: what comes along with the first answer must be heard. */
export type Begin<Begun> = (channel: Channel) => Begun | Promise<Begun>;

/** What was begun on a host; `close` ends it, and all that leads there. */
export interface Connected<Begun> {
  readonly begun: Begun;
  onLost(listener: () => void): void;
  close(): void;
}
