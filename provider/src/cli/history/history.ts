import { parseArgs } from "node:util";
import { escapeOutput } from "../../errors";
import { type History, readHistory, unreadText } from "../../host/history/read";
import { closeHosts, hostOf } from "../../host/host";
import { heldText } from "../../host/reading/held";
import { follows } from "../../kernel/history/back";
import { textOf } from "../../kernel/history/marks";
import type { Revision } from "../../kernel/history/revision";
import { type Exit, exits, WrongUse } from "../exit";
import { connectionOf, loginOptions } from "../source";

/** One `up`, or one rollback. */
interface Run {
  readonly run: string;
  readonly revisions: readonly Revision[];
}

/** Lists what was changed on a host: by whom, when, why. */
export async function history(args: string[]): Promise<Exit> {
  const options = { ...loginOptions, json: { type: "boolean" }, run: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new WrongUse("give one HOST");
  try {
    const { clock: _clock, ...found } = await readHistory(hostOf(connectionOf(name, values)));
    const revisions = found.revisions.filter(({ run }) => values.run === undefined || run === values.run);
    if (values.json === true) process.stdout.write(`${JSON.stringify({ ...found, revisions }, undefined, 2)}\n`);
    else for (const line of linesOf({ ...found, revisions }, values.run)) process.stdout.write(`${escapeOutput(line)}\n`);
    return revisions.length === 0 ? exits.found : exits.done;
  } finally {
    closeHosts();
  }
}

/** The newest first. */
function linesOf({ revisions, unread, marks, held }: Omit<History, "clock">, asked: string | undefined): string[] {
  const runs = new Map<string, Run>();
  for (const one of [...revisions].reverse())
    runs.set(one.run, { run: one.run, revisions: [one, ...(runs.get(one.run)?.revisions ?? [])] });
  const orphans = orphansIn(revisions);
  return [
    ...(held === undefined ? [] : [heldText(held)]),
    ...(revisions.length + unread.length === 0
      ? [asked === undefined ? "there is no history on this host" : `nothing of run ${asked} is in the history of this host`]
      : []),
    ...[...runs.values()].map(lineOf),
    ...unread.map((one) => `it is not known what was changed there: ${unreadText(one)}`),
    ...gapsIn(revisions),
    ...(orphans.length === 0 ? [] : [`put back, and in no program until it declares them again: ${orphans.join(", ")}`]),
    ...(marks.length === 0 ? [] : [`pulumi up is refused where it would make again ${textOf(marks)}`]),
  ];
}

function lineOf({ run, revisions }: Run): string {
  const [first] = revisions;
  const last = revisions.at(-1);
  if (first === undefined || last === undefined) return run;
  const keys = new Set(revisions.flatMap(({ deltas = [] }) => deltas.map(({ key }) => key)));
  return [
    `${first.n === last.n ? first.n : `${first.n}-${last.n}`}`,
    `run ${run}`,
    last.time.replace("T", " "),
    last.stack,
    last.who,
    `${keys.size} ${keys.size === 1 ? "entry" : "entries"}`,
    ...(last.back === undefined ? [] : [`rollback ${last.back}`]),
    ...(last.commit === undefined ? [] : [last.commit.slice(0, 8)]),
    ...(last.why === undefined ? [] : [`"${last.why}"`]),
  ].join("  ");
}

/** Keys that nobody changed since they came back in the name of a resource that is gone. */
function orphansIn(revisions: readonly Revision[]): string[] {
  const open = new Set<string>();
  for (const { deltas = [], orphans = [] } of revisions) {
    for (const { key } of deltas) open.delete(key);
    for (const key of orphans) open.add(key);
  }
  return [...open];
}

function gapsIn(revisions: readonly Revision[]): string[] {
  return revisions.flatMap((one, index) => {
    const before = revisions[index - 1];
    return before === undefined || follows(one, before)
      ? []
      : [`between ${before.n} and ${one.n} something was confirmed that is not in the history`];
  });
}
