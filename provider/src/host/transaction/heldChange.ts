import { setTimeout } from "node:timers/promises";
import type { Connection } from "../../declaration/connection";
import { PolicyRoutingError } from "../../errors";
import { controller } from "../controller";
import { type Host, hostOf } from "../host";
import { printTime } from "../printTime";
import { heldIn, heldText } from "../reading/held";
import { type Answer, sectionAfter } from "../wire/answer";
import { call } from "../wire/frames";

/** What has become of a change that was held, as its host says it. */
export interface HeldEnding {
  readonly isConfirmed: boolean;
  readonly words: string;
}

/** Milliseconds: its controller looks every five seconds, then logs in anew. */
const pause = 500;
/** Seconds beyond the guard's time in which an undo may still be at work. */
const undoTime = 30;

const signed = (why: string): string => `${controller()}${why === "" ? "" : ` (${why})`}`;

/** A person's word that it is to be kept: its controller confirms it. How that ended is waited for. */
export async function approve(connection: Connection, why: string): Promise<HeldEnding> {
  const host = hostOf(connection);
  const answer = await host.ask(call("approve", [signed(why)]));
  const txn = sectionAfter(answer, "txn")?.rest;
  if (txn === undefined) throw notApproved(answer, connection.host);
  let until = Number.POSITIVE_INFINITY;
  for (;;) {
    const { stage, result, fires } = await lookAt(host, txn);
    if (stage === "confirmed") return { isConfirmed: true, words: "confirmed" };
    if (stage === "fired") return { isConfirmed: false, words: undoneWords(result) };
    if (stage === "absent") return { isConfirmed: false, words: "it has ended, and how is not on the host any more: look at its history" };
    // Its controller gives it more time only while it lives.
    until = Math.min(until, performance.now() + (fires + undoTime) * 1000);
    if (performance.now() > until) return { isConfirmed: false, words: "it has not ended yet: its undo is still at work" };
    await setTimeout(pause);
  }
}

/** Undoes it at once, as its guard would. */
export async function withdraw(connection: Connection, why: string): Promise<HeldEnding> {
  const answer = await hostOf(connection).ask(`${call("withdraw", [signed(why)])}`);
  const stage = sectionAfter(answer, "stage")?.rest;
  if (stage === undefined) throw nothingHeld(connection.host);
  if (stage === "confirmed") return { isConfirmed: true, words: "it had been confirmed in this very moment: rollback takes it back" };
  return {
    isConfirmed: false,
    words: stage === "fired" ? undoneWords(sectionAfter(answer, "result")?.text ?? "") : "its undo is still at work",
  };
}

async function lookAt(host: Host, txn: string): Promise<{ stage: string; result: string; fires: number }> {
  const answer = await host.ask(`ending_of ${txn}`);
  return {
    stage: sectionAfter(answer, "stage")?.rest ?? "",
    result: sectionAfter(answer, "result")?.text ?? "",
    fires: Math.max(Number(sectionAfter(answer, "fires")?.rest ?? 0), 0),
  };
}

/** `fired at 4711`, and behind a line `failed` what came back. */
function undoneWords(result: string): string {
  const [, failed] = /^failed\n([\s\S]+)$/m.exec(result) ?? [];
  if (failed !== undefined) return `undone, but not all of it: ${failed.trim().replaceAll("\n", "; ")}`;
  return /^fired at /m.test(result) ? "undone by its guard: its controller is gone" : "undone";
}

const nothingHeld = (host: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "nothing-held",
    host,
    what: "no change is held there",
    next: `look at npx --no-install policy-routing history ${host}; what was confirmed is taken back by rollback`,
  });

function notApproved(answer: Answer, host: string): PolicyRoutingError {
  const held = heldIn(answer);
  if (held === undefined) return nothingHeld(host);
  if (held.byPerson)
    return new PolicyRoutingError("command", { topic: "nothing-held", host, what: "that could not be written on the host: is /run full?" });
  return new PolicyRoutingError("conflict", {
    topic: "nothing-held",
    host,
    what: `${heldText(held)}, and confirms it by itself then`,
    next: `wait until ${printTime(held.until)}, or take it back: npx --no-install policy-routing retract ${host}`,
  });
}
