import { randomBytes } from "node:crypto";
import type { Connection } from "../../declaration/connection";
import type { Guard } from "../../declaration/guard";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";
import { type Back, type Choice, checkLater, choose, nameOf, type Wish } from "../../kernel/history/back";
import { changeBack, idsIn, toDo } from "../../kernel/history/changeBack";
import { marksOf } from "../../kernel/history/marks";
import { refused } from "../../kernel/history/refused";
import { lookFor, observedKindOf } from "../../kernel/observed/kinds";
import { type Look, together } from "../../kernel/observed/look";
import type { State } from "../../kernel/observed/state";
import { deviceIn } from "../../kernel/plan/followed";
import { plan } from "../../kernel/plan/plan";
import type { Step } from "../../kernel/plan/step";
import { controller } from "../controller";
import { type Host, hostOf } from "../host";
import { printTime } from "../printTime";
import type { GoingBack } from "../transaction/work";
import { cannotGo, changedSince } from "./changedSince";
import { readHistory, type Unread, unreadText } from "./read";
import { fileNameOf } from "./thisRun";

export interface Request extends Wish {
  readonly why: string;
  readonly dryRun: boolean;
  /** Whether the next `up` that would make it again is refused. */
  readonly mark: boolean;
  readonly guard: Pick<Guard, "confirmTimeout" | "allowManagementPathChange">;
}

/** What became of it on one host. */
export interface RolledBack {
  readonly outcome: "applied" | "planned" | "nothing";
  readonly back: readonly Back[];
  readonly steps: readonly Step[];
  /** What puts it back after a reboot. */
  readonly persisted: string;
  /** The host's history has the run that was asked for. */
  readonly isKnown: boolean;
}

/** One transaction as any other, under guard and confirmed over a fresh login, for one stack and in the names of those whose the entries are. */
export async function rollback(connection: Connection, request: Request): Promise<RolledBack> {
  const host = hostOf(connection);
  try {
    for (let left = tries; ; left--) {
      const done = await attempt(host, request, left === 1);
      if (done !== undefined) return done;
    }
  } catch (error) {
    throw isPolicyRoutingError(error) ? inOurWords(error, connection.host) : error;
  }
}

/** Others may be quicker, again and again. */
const tries = 3;

/** Undefined where another change came first: what is to be done is found out anew. */
async function attempt(host: Host, request: Request, isLast: boolean): Promise<RolledBack | undefined> {
  const { revisions, unread, clock } = await readHistory(host);
  refuseUnread(unread, request);
  const isKnown = request.run === undefined || revisions.some(({ run }) => run === request.run);
  const nothing: RolledBack = { outcome: "nothing", back: [], steps: [], persisted: "", isKnown };
  const whole = choose(revisions, request);
  if (whole === undefined) return nothing;
  const look = lookAt(whole.back);
  const seen = await host.look(look);
  const back = toDo(whole.back, { state: seen.state, objects: seen.persistence.objects });
  if (back.length === 0) return nothing;
  const choice = { ...whole, back };
  if (request.force !== true) checkLater(revisions, choice);
  const change = changeBack(`rollback#${randomBytes(6).toString("base64url")}`, choice, request, seen.facts.bootId);
  const going = goingBack(choice, request, seen.state, clock);
  const refusal = going.refusal(seen);
  if (refusal !== undefined) throw refusal;
  if (request.dryRun) return { outcome: "planned", back, steps: plan(change, seen.state).steps, persisted: "", isKnown };
  let isOvertaken = false;
  const watched: GoingBack = {
    ...going,
    refusal: (now) => {
      const late = going.refusal(now);
      isOvertaken = late !== undefined;
      return late;
    },
  };
  try {
    const { persisted, isIdle } = await host.change({
      change,
      look,
      guard: request.guard,
      expect: [],
      wish: back.some(({ to }) => to?.stored !== undefined) ? {} : { persist: "none" },
      back: watched,
    });
    // Another one was quicker.
    return isIdle === true ? nothing : { outcome: "applied", back, steps: [], persisted, isKnown };
  } catch (error) {
    if (isOvertaken && !isLast) return undefined;
    throw error;
  }
}

/** Nothing is taken back, or said to be nothing, over what is not known; of a run, of which something is. */
function refuseUnread(unread: readonly Unread[], { to, run = "", force }: Request): void {
  const unknown = unread.filter((one) => (to === undefined ? one.run === fileNameOf(run) : one.n > to));
  if (unknown.length > 0 && force !== true)
    throw refused(
      `it is not known what was changed there: ${unknown.map(unreadText).join("; ")}`,
      "compare the host with what the program says, by pulumi preview --refresh; --force passes over what is not known",
    );
}

/** What is there with its locked metrics too: it is put back by what was read; and what devices have, where what is put back follows one. */
function lookAt(back: readonly Back[]): Look {
  const look = lookFor(back.map(({ key }) => key));
  const devices = back.flatMap(({ key, to }) =>
    to === undefined || deviceIn(to) === undefined ? [] : (observedKindOf(key)?.following?.lookAt(key) ?? []),
  );
  return together([{ ...look, locks: look.routes }, ...devices]);
}

function goingBack(choice: Choice, request: Request, state: State, clock: number | undefined): GoingBack {
  const alive = idsIn(state);
  const time = printTime(new Date());
  const said = { who: controller(), time, why: request.why, ...(clock === undefined ? {} : { at: clock }) };
  return {
    name: nameOf(request),
    why: request.why,
    marks: request.mark ? marksOf(choice, said) : [],
    orphans: choice.back.flatMap(({ key, to }) => (to === undefined || alive.has(to.id) ? [] : [key])),
    refusal: (seen) => (request.force === true ? cannotGo(choice, seen) : changedSince(choice, seen)),
  };
}

/** Where a change of a program offers to adopt, a rollback does not. */
function inOurWords(error: PolicyRoutingError, host: string): PolicyRoutingError {
  const { kind, parts } = error;
  if (parts.outcome === "unknown")
    return new PolicyRoutingError(kind, {
      ...parts,
      next: `when the host answers again, run npx --no-install policy-routing history ${host}: a rollback that stands there was confirmed`,
    });
  if (kind !== "conflict" || parts.topic === "rollback-refused") return error.at({ host });
  return new PolicyRoutingError(kind, { ...parts, host, next: "remove what stands in the way on the host, or correct it in the program" });
}
