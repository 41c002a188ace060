import { hostname, userInfo } from "node:os";

/** Who is at work here, for those who wait for the host, and for its history. Printable, one line. */
export const controller = (): string => `${user()}@${hostname()}`.replace(/[^\x20-\x7e]/g, "?");

/** In a container any uid may run, and none of them is in its passwd. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "?"}`;
  }
}
