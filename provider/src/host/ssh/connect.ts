import { getSystemErrorMap } from "node:util";
import pRetry from "p-retry";
import { isPolicyRoutingError, type PolicyRoutingError } from "../../errors";
import type { Progress } from "../told";
import type { Begin, Connected } from "../wire/channel";
import { isStopped, unlessStopped } from "../wire/stop";
import { refuseUnusableKeys } from "./credentials";
import { execute, type Hop, hop, type Then, type Urgency } from "./hop";
import { runHere } from "./local";
import { dialBySsh } from "./openssh/dial";
import { lineTo } from "./queue";
import type { Target } from "./target";

/** How long an unreachable host is dialled again when dialErrorLimit does not say how often. */
const patience = 30_000;
const defaultDialErrorLimit = 10;
/** Milliseconds between two dials, up to twice as long but for the longest: the table of docs/guides/new-hosts.md. */
export const pauses = { minTimeout: 150, maxTimeout: 5000, factor: 1.5 };

/** Milliseconds of a guard's time in which a further dial could say anything. */
const least = 250;

/** How to dial while a guard is running: at once, whatever else is dialled, and not beyond its time. */
export interface Urgent extends Urgency {
  readonly dialErrorLimit: number;
}

/** Dials with a bounded number of tries, and starts a command. Only "unreachable" is tried again: a refused login stays refused. */
export async function connect<Begun>(
  target: Target,
  command: string,
  begin: Begin<Begun>,
  urgent?: Urgent,
  progress?: Progress,
): Promise<Connected<Begun>> {
  const { transport } = target;
  if (transport === "ssh2") for (let one: Target | undefined = target; one !== undefined; one = one.proxy) refuseUnusableKeys(one);
  const because = target.openssh?.because;
  if (because !== undefined) progress?.mention(`logs in by your own ssh: ${because}`);
  const limit = urgent?.dialErrorLimit ?? target.dialErrorLimit;
  const isOver = () => urgent?.until !== undefined && performance.now() + least >= urgent.until;
  const retries = limit === undefined ? defaultDialErrorLimit : limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const dialText = (count: number): string => `dial ${count}${retries === Number.POSITIVE_INFINITY ? "" : ` of ${retries + 1}`}`;
  let failure = "";
  let latest: PolicyRoutingError | undefined;
  progress?.begin(() => dialText(1));
  const once = async (count: number): Promise<Connected<Begun>> => {
    // The pause before it took what was left: the dial before says more.
    if (latest !== undefined && isOver()) throw latest;
    if (count > 1) progress?.goOn(() => `${dialText(count)}: ${failure}`);
    return dialBy[transport](target, command, begin, urgent, progress);
  };
  const connected = pRetry(once, {
    retries,
    ...(limit === undefined ? { maxRetryTime: patience } : {}),
    ...pauses,
    randomize: true,
    shouldRetry: ({ error }) => {
      if (!isPolicyRoutingError(error) || error.kind !== "unreachable") return false;
      failure = briefly(error);
      latest = error;
      return !isOver() && !(urgent === undefined && isStopped());
    },
  });
  if (urgent !== undefined) return connected;
  const first = unlessStopped(target.name, connected, ({ close }) => close()).finally(() => progress?.pause());
  return first.catch(async (error: unknown) => {
    const other = isPolicyRoutingError(error) ? await target.otherwise?.(error) : undefined;
    if (other === undefined) throw error;
    return connect(other, command, begin, urgent, progress);
  });
}

type Dial = <Begun>(
  target: Target,
  command: string,
  begin: Begin<Begun>,
  urgent?: Urgent,
  progress?: Progress,
) => Promise<Connected<Begun>>;

const dialBy: Readonly<Record<Target["transport"], Dial>> = {
  ssh2: (target, command, begin, urgent) => dial(target, urgent, execute(target, command, begin)),
  local: runHere,
  openssh: (target, command, begin, urgent, progress) => {
    const once = () => dialBySsh(target, command, begin, urgent, progress);
    return urgent === undefined ? lineTo(target)(once) : once();
  },
};

/** Why a dial failed, in the system's words where it has some. */
function briefly({ parts: { cause, what } }: PolicyRoutingError): string {
  const number = cause instanceof Error && "errno" in cause && typeof cause.errno === "number" ? cause.errno : 0;
  return getSystemErrorMap().get(number)?.[1] ?? what;
}

/** One dial: the jump host first. Each has its own limit over all that it does. */
async function dial<Begun>(target: Target, urgent: Urgent | undefined, then: Then<Begun>): Promise<Hop<Begun>> {
  const below = target.proxy === undefined ? undefined : await dial(target.proxy, urgent, async () => undefined);
  const once = () => hop(target, below, urgent, then);
  try {
    return await (urgent === undefined ? lineTo(target)(once) : once());
  } catch (error) {
    below?.close();
    throw error;
  }
}
