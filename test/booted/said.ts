import { until } from "../lab/until";

export const patience = 30_000;

/** What of it is told apart. */
export interface Seen {
  readonly causes: readonly RegExp[];
  readonly ours: readonly RegExp[];
  readonly mayStay?: boolean;
}

/** Lines of `ip -ts monitor`, each with its seconds. */
function linesOf(text: string): { seconds: number; line: string }[] {
  let seconds = 0;
  return text.split("\n").map((whole) => {
    const [, time, rest] = /^\[([^\]]+)\]\s*(.*)$/.exec(whole) ?? [];
    if (time !== undefined) seconds = Date.parse(`${time}Z`) / 1000;
    return { seconds, line: rest ?? whole.trim() };
  });
}

/**
 * The longest time from a cause to what is ours, where each of ours came once: from the last of the causes that came before it. Of a cause only the
 * first time counts: clients renew what they have. Undefined while one of ours has not come; 0 where it may have stayed all the time.
 */
export function secondsBetween(text: string, { causes, ours, mayStay = false }: Seen): number | undefined {
  const lines = linesOf(text);
  const first = (what: RegExp): number | undefined => lines.find(({ line }) => what.test(line))?.seconds;
  const began = causes.flatMap((cause) => first(cause) ?? []);
  const ends = ours.map(first);
  let longest = 0;
  for (const end of ends) {
    const before = began.filter((one) => end !== undefined && one <= end);
    if (end === undefined && mayStay) continue;
    if (end === undefined || before.length === 0) return undefined;
    longest = Math.max(longest, end - Math.max(...before));
  }
  return longest;
}

/** Seconds from what the kernel said of a device to what it said of ours: of each, from the last of its causes before it. */
export async function watched(host: { exec(command: string): Promise<string> }, happen: () => Promise<void>, seen: Seen): Promise<number> {
  await host.exec("ip -ts monitor link address route rule >/run/seen 2>&1 </dev/null & echo $! >/run/watcher");
  try {
    await happen();
    return await until(
      `${seen.ours.join(", ")} behind ${seen.causes.join(", ")}`,
      async () => secondsBetween(await host.exec("cat /run/seen"), seen),
      patience,
    );
  } catch (error) {
    console.log(await host.exec("cat /run/seen; journalctl --no-pager -n 30 -u policy-routing.service 2>/dev/null || :"));
    throw error;
  } finally {
    await host.exec("kill $(cat /run/watcher)");
  }
}
