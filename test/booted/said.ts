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
