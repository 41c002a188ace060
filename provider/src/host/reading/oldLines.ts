import { parseNames } from "../../kernel/observed/parse";
import { parseNeighbours } from "../../kernel/persist/neighbours";
import type { Foreign } from "../../kernel/plan/change";
import type { Source } from "../../managers/takeover/reading";
import { sources } from "../scripts";
import type { Planned } from "../transaction/planned";
import { type Answer, section } from "../wire/answer";
import { ofNetwork } from "../wire/bound";
import type { Session } from "../wire/session";

/** Prints the files that may hold what stands on a host. */
export const sourcesText = `${sources}\nsources`;

/** As they are from their first line on: lines are told by their numbers. */
export const sourcesIn = ({ sections }: Answer): Source[] =>
  sections.flatMap(({ name, text }) => {
    const path = /^source (.*)$/.exec(name)?.[1];
    return path === undefined ? [] : [{ name: path, path, text: text.trimEnd() }];
  });

/**
 * Tells which lines of which files would make again what these took over. Only then it is a frame more; the change is confirmed by then, so a
 * host on which they cannot be read any more is no failure.
 */
export async function tellOldLines(session: Session, planned: readonly Planned[]): Promise<void> {
  const taken = planned.flatMap(({ plan: { notes } }) => notes.flatMap(({ took }) => took ?? []));
  if (taken.length === 0) return;
  const lines = await linesOf(session, taken).catch(() => []);
  if (lines.length === 0) return;
  session.warn({
    topic: "old-lines",
    what: `what was taken over is made again by lines on the host: ${lines.join("; ")}`,
    next: "remove these lines, or keep them as comments; until then a boot makes these entries beside ours",
  });
}

async function linesOf(session: Session, taken: readonly Foreign[]): Promise<string[]> {
  const shell = await session.shell();
  const answer = await shell.run(`table_names\nneighbours\n${sourcesText}`, { bound: ofNetwork });
  // What reads all these formats is loaded by nobody else in the engine's plugin.
  const { linesThatMake }: typeof import("../../managers/takeover/makers") = require("../../managers/takeover/makers");
  const neighbours = parseNeighbours(section(answer, "neighbours") ?? "");
  return linesThatMake(taken, sourcesIn(answer), parseNames(section(answer, "names") ?? ""), neighbours);
}
