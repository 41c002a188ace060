import { parseArgs } from "node:util";
import { escapeOutput } from "../../errors";
import { readHistory, unreadText } from "../../host/history/read";
import { closeHosts, type Host, hostOf } from "../../host/host";
import { type Back, backOf } from "../../kernel/history/back";
import { heldAt, isSameHeld, wordsFor } from "../../kernel/history/held";
import { lookFor } from "../../kernel/observed/kinds";
import { type Exit, exits, WrongUse } from "../exit";
import { connectionOf, loginOptions } from "../source";

/** Shows what differs between two revisions of a host, or between one and what is there now. */
export async function diff(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, json: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, from = "", until, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new WrongUse("give one HOST, a revision N, and M or nothing");
  const [n, m] = [numberOf(from), until === undefined ? undefined : numberOf(until)];
  try {
    const host = hostOf(connectionOf(name, values));
    const { revisions, unread } = await readHistory(host);
    const kept = revisions.map((one) => one.n);
    const oldest = Math.min(...kept) - 1;
    for (const one of [n, ...(m === undefined ? [] : [m])])
      if (one < oldest || one > Math.max(...kept)) throw new WrongUse(`revision ${one} is not kept: ${oldest} to ${Math.max(...kept)} are`);
    for (const one of unread.filter((other) => other.n > n && (m === undefined || other.n <= m)))
      process.stderr.write(`${escapeOutput(`policy-routing diff: it is not known what was changed there: ${unreadText(one)}`)}\n`);
    const between = backOf(revisions.filter((one) => one.n > n && (m === undefined || one.n <= m)));
    const found = m === undefined ? await asItIs(host, between) : between;
    if (values.json === true)
      process.stdout.write(
        `${JSON.stringify(
          found.map(({ key, to, from: now }) => ({ key, was: to ?? null, is: now ?? null })),
          undefined,
          2,
        )}\n`,
      );
    else if (found.length === 0) process.stdout.write("no difference\n");
    else
      for (const { key, to, from: now } of found)
        process.stdout.write(`${escapeOutput(`${key}\n- ${wordsFor(to)}${whose(to)}\n+ ${wordsFor(now)}${whose(now)}`)}\n`);
    return found.length === 0 ? exits.done : exits.found;
  } finally {
    closeHosts();
  }
}

function numberOf(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text))
    throw new WrongUse(`a revision is a number, as policy-routing history shows it: not ${escapeOutput(text)}`);
  return Number(text);
}

/** What is there now, in the place of what the history says. */
async function asItIs(host: Host, back: readonly Back[]): Promise<Back[]> {
  const { state, persistence } = await host.look(lookFor(back.map(({ key }) => key)));
  return back
    .map((one) => ({ ...one, from: heldAt(one.key, { state, objects: persistence.objects }) }))
    .filter(({ from, to }) => !isSameHeld(from, to));
}

const whose = (held: Back["to"]): string => (held === undefined ? "" : ` (${held.id})`);
