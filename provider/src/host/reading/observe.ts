import { PolicyRoutingError, type Warning } from "../../errors";
import type { Management } from "../../kernel/management/path";
import { doubtedKeys, keysOfTags, mayPassOver, repeatedRules, withSecondLook } from "../../kernel/observed/doubt";
import { isShown } from "../../kernel/observed/kinds";
import type { Look } from "../../kernel/observed/look";
import type { State } from "../../kernel/observed/state";
import { folders } from "../../kernel/persist/folders";
import type { Persistence } from "../../kernel/persist/persistence";
import { parseManagement } from "../paths";
import { parsePersistence } from "../persistence";
import { type Answer, section, sectionAfter, sectionsAfter } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { observeText } from "../wire/frames";
import { paced } from "../wire/paced";
import type { Shell } from "../wire/shell";
import { parseShown, shownOf } from "./entries";
import { type Facts, parseFacts } from "./facts";
import { type Held, heldIn, heldText } from "./held";

/** A transaction that somebody began on the host: its id, how far its guard got, and what is written there. */
export interface Left {
  readonly txn: string;
  readonly stage: string;
  readonly text: string;
  /** What came back where its undo did not do all that it should. */
  readonly failure: string | undefined;
}

export interface Observation {
  readonly state: State;
  /** What was asked for, and the tables that the host showed whole because that costs it less. */
  readonly seen: Look;
  readonly facts: Facts;
  /** The number of the newest lock. */
  readonly lock: number;
  readonly freeze: string | undefined;
  readonly left: readonly Left[];
  /** What survives a reboot. */
  readonly persistence: Persistence;
  /** How the connection that we work over is routed, where it was asked for. */
  readonly management: Management | undefined;
  /** The whole answer, for those who asked for more. */
  readonly answer: Answer;
}

/** Seconds that one frame waits on the host for the lock, and how often it is sent. */
const waitOnHost = 10;
const waits = 12;

/** Looks again, unless it was changed by a transaction in between: then anew. */
const looks = 4;

/** Who changes waits for what is held under guard; who only reads does not. */
export type Purpose = "change" | "read";

/** One round trip; another one where something seems not to be there, or to be there several times, or may have been passed over. */
export async function observe(shell: Shell, look: Look, warn: (warning: Warning) => void, purpose: Purpose = "read"): Promise<Observation> {
  let seen = await observeOnce(shell, look, warn, purpose);
  const later = (warning: Warning): void => (warning.topic === "host-held" ? undefined : warn(warning));
  for (let count = 2; count <= looks; count++) {
    const { state, lock, answer, seen: shown } = seen;
    const repeated = await paced(repeatedRules(state));
    const doubted = new Set([...doubtedKeys(state, (key) => isShown(key, shown)), ...repeated]);
    if (doubted.size === 0 && !mayPassOver(state, shown.tagged)) break;
    const again = await observeOnce(shell, { ...look, probes: [] }, later, purpose);
    const keys = new Set([...doubted, ...keysOfTags(again.state, shown.tagged)]);
    seen = { ...again, answer };
    if (again.lock !== lock) continue;
    seen = { ...seen, state: withSecondLook(state, again.state, keys) };
    // Both may have shown one twice.
    if ((await paced(repeatedRules(seen.state))).length === 0) break;
  }
  return seen;
}

/** Waits, bounded, while another transaction holds the host: what it changes may be undone. */
async function observeOnce(shell: Shell, look: Look, warn: (warning: Warning) => void, purpose: Purpose): Promise<Observation> {
  const lock = `await_lock ${waitOnHost}${purpose === "read" ? " through" : ""}`;
  for (let wait = 1; ; wait++) {
    const answer = await shell.run(`${lock} || exit 0\n${observeText(look, "whole")}`, { bound: boundOf(look) });
    const busy = sectionAfter(answer, "busy");
    const held = heldIn(answer);
    const cleared = sectionAfter(answer, "cleared")?.rest;
    if (cleared !== undefined) warn({ topic: "lock-cleared", what: `${cleared} was no lock that could be read: cleared` });
    if (busy === undefined) {
      if (held !== undefined) warn({ topic: "host-held", what: `${heldText(held)}: what is read now may be undone` });
      return parseObservation(answer, look, shell.host);
    }
    const holder = busy.rest.replace(/^\S+ /, "");
    if (held !== undefined && held.until.getTime() > Date.now() + (waits - wait) * waitOnHost * 1000) throw heldError(held, shell.host);
    if (wait === waits)
      throw new PolicyRoutingError("busy", {
        topic: "host-busy",
        host: shell.host,
        what: `another transaction holds the host: ${holder}`,
        next: `wait for it to end, or look at ${folders.run} on the host`,
      });
    warn({ topic: "host-busy", what: held === undefined ? `waits for ${holder}` : `waits: ${heldText(held)}` });
  }
}

/** It ends later than anybody waits. */
const heldError = (held: Held, host: string): PolicyRoutingError =>
  new PolicyRoutingError("busy", {
    topic: "host-held",
    host,
    what: `nothing was changed: ${heldText(held)}`,
    next: `wait until then${held.byPerson ? `, run npx --no-install policy-routing confirm ${host}` : ""}, or take it back: npx --no-install policy-routing retract ${host}`,
  });

async function parseObservation(answer: Answer, look: Look, host: string): Promise<Observation> {
  const facts = parseFacts(answer, host);
  return {
    answer,
    facts,
    seen: { ...look, routes: shownOf(answer, look.routes) },
    management: look.paths ? parseManagement(facts.ssh, answer) : undefined,
    state: await parseShown(answer, look, host),
    persistence: parsePersistence(answer),
    lock: Number(sectionAfter(answer, "lock")?.rest ?? 0),
    freeze: section(answer, "freeze")?.trim(),
    left: parseLeft(answer),
  };
}

export const parseLeft = (answer: Answer): Left[] =>
  sectionsAfter(answer, "left").map(({ rest, text }) => {
    const [txn = "", stage = ""] = rest.split(" ");
    const [, failure] = /^failed\n([\s\S]+)$/m.exec(text) ?? [];
    return { txn, stage, text, failure };
  });
