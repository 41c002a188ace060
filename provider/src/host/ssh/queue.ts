import pLimit, { type LimitFunction } from "p-limit";
import type { Turn } from "./login";
import type { Target } from "./target";

const defaultDials = 32;

function dialsAtOnce(wish: string | undefined): number {
  return wish !== undefined && /^[1-9][0-9]{0,3}$/.test(wish) ? Number(wish) : defaultDials;
}

const atOnce = dialsAtOnce(process.env["POLICY_ROUTING_DIALS"]);

/** sshd drops what comes at once beyond MaxStartups: one line to each address, behind which nobody else waits. */
const lines = new Map<string, LimitFunction>();

export function lineTo({ host, port }: Target): LimitFunction {
  const address = JSON.stringify([host, port]);
  const line = lines.get(address) ?? pLimit(atOnce);
  lines.set(address, line);
  return line;
}

/** Logins cost both ends their processors. One that takes longer only waits: it keeps its place no more. */
const logins = pLimit(atOnce);
const longestTurn = 2000;

export const turn: Turn = () =>
  new Promise((given) => {
    void logins(
      () =>
        new Promise<void>((free) => {
          const late = setTimeout(free, longestTurn);
          given(() => {
            clearTimeout(late);
            free();
          });
        }),
    );
  });
