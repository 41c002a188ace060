import { randomBytes } from "node:crypto";
import type { Connection } from "../../declaration/connection";
import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../../errors";
import { nothingMore } from "../../kernel/observed/look";
import { doctor } from "../scripts";
import { type Target, targetOf } from "../ssh/target";
import { type Answer, section, sectionAfter } from "../wire/answer";
import { proofText } from "../wire/frames";
import { Session } from "../wire/session";
import { type Observation, observe } from "./observe";

/** What was seen of a host on which nothing was changed yet, as far as it could be seen. */
export interface Examination {
  readonly target: Target | undefined;
  /** Milliseconds of the first login. */
  readonly login?: number;
  readonly seen?: Observation;
  readonly tried?: Tried;
  /** Milliseconds of a login beside the first, and of 8 KiB both ways; or why there is none. */
  readonly second?: number | PolicyRoutingError;
  /** Why there is no more. */
  readonly failed?: PolicyRoutingError;
}

export interface Tried {
  /** How a guard runs there. */
  readonly guard: string | undefined;
  /** Why none does. */
  readonly stopped: { readonly rest: string; readonly text: string } | undefined;
  /** Its processes did not end when they were told to. */
  readonly remains: boolean;
  readonly isEtcWritable: boolean;
  /** Seconds since boot; undefined where the host cannot read it. */
  readonly uptime: number | undefined;
  /** KiB; undefined where the host has no df. */
  readonly free: number | undefined;
  /** Seconds by which its clock is before ours. */
  readonly ahead: number | undefined;
}

/** Seconds until a guard goes that was left behind. */
const shortest = 10;
/** Of a guard as it is by default: its second login has as much time. */
const guardSeconds = 30;

/** Reads a host, tries a guard that has nothing to undo, and logs in once more. Leaves nothing there. */
export async function examine(connection: Connection): Promise<Examination> {
  const session = new Session(connection);
  let done: Examination = { target: undefined };
  try {
    done = { target: await targetOf(session.connection) };
    const { ms, result: shell } = await timed(() => session.shell());
    done = { ...done, login: ms };
    done = { ...done, seen: await observe(shell, nothingMore, session.warn) };
    const name = `t-${randomBytes(6).toString("hex")}`;
    const answer = await shell.run(`${doctor}\nroom\ntry_guard ${name} ${shortest}`);
    const now = Date.now();
    const dropped = await shell.run(`${doctor}\ndrop_guard ${name}`);
    const tried = triedOf(answer, dropped, now);
    return { ...done, tried, second: await secondLogin(session).catch(asOurs) };
  } catch (error) {
    return { ...done, failed: asOurs(error) };
  } finally {
    session.close();
  }
}

const asOurs = (error: unknown): PolicyRoutingError =>
  isPolicyRoutingError(error) ? error : new PolicyRoutingError("bug", { topic: "bug", what: messageOf(error), cause: error });

async function timed<Result>(action: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const began = performance.now();
  const result = await action();
  return { ms: performance.now() - began, result };
}

/** As the one that confirms a change, while the first one lasts. */
async function secondLogin(session: Session): Promise<number> {
  const { ms } = await timed(async () => {
    const shell = await session.freshShell(guardSeconds, guardSeconds * 1000);
    await shell.run(proofText).finally(() => shell.close());
  });
  return ms;
}

function triedOf(answer: Answer, dropped: Answer, now: number): Tried {
  const room = section(answer, "room") ?? "";
  const number = (name: string): number | undefined => {
    const [, digits] = new RegExp(`^${name} ([0-9]+)$`, "m").exec(room) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const clock = number("clock");
  return {
    guard: sectionAfter(answer, "guard")?.rest,
    stopped: sectionAfter(answer, "stopped"),
    remains: sectionAfter(dropped, "remains") !== undefined,
    isEtcWritable: /^etc writable$/m.test(room),
    uptime: number("uptime"),
    free: number("free"),
    ahead: clock === undefined ? undefined : clock - Math.round(now / 1000),
  };
}
