import type { Site } from "../site";
import { differences } from "../view";

/** Something that somebody else put on a host for one change, and takes away again. */
export interface Guest {
  /** The words of `ip` that take it away. */
  readonly remove: string;
  /** How it is seen; nothing where it carries our tag. */
  readonly lines: readonly string[];
}

/** The words of `ip` without the program; an address tells the family. */
const command = (words: string): string => `ip.real ${words.includes(":") ? "-6 " : ""}${words}`;

/** Adds it, and returns the lines by which it is seen. */
export async function addGuest(site: Site, add: string, remove: string): Promise<readonly string[]> {
  const before = (await site.view()).foreign;
  await site.host.exec(command(add));
  const lines = differences(before, (await site.view()).foreign).flatMap((text) =>
    text.startsWith("new: ") ? [text.slice("new: ".length)] : [],
  );
  site.guests.push({ remove, lines });
  return lines;
}

/** Somebody takes away what is still his: what was taken over is no more. */
export async function removeGuests(site: Site): Promise<void> {
  const { foreign } = await site.view();
  for (const { remove, lines } of site.guests.splice(0))
    if (lines.every((line) => foreign.includes(line))) await site.host.result(command(remove));
}
