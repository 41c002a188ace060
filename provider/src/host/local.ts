import type { Begin, Connected } from "./channel";
import { programOf } from "./program";

/** A shell on this machine, for a program that runs on the host itself. Whatever ends it, it ended by itself: there is no connection to lose. */
export async function runHere<Begun>(command: string, begin: Begin<Begun>): Promise<Connected<Begun>> {
  const { channel } = programOf(["sh", "-c", command], () => false);
  try {
    return { begun: await begin(channel), onLost: channel.onClose, close: channel.close };
  } catch (error) {
    channel.close();
    throw error;
  }
}
