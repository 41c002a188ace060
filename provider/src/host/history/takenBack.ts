import { PolicyRoutingError } from "../../errors";
import { type Again, againIn, type Clocks, isOver, type Mark, parseMarks, textOf } from "../../kernel/history/marks";
import type { Observation } from "../reading/observe";
import { labelOf, type Planned } from "../transaction/planned";
import { type Answer, section } from "../wire/answer";
import { typed } from "../wire/quoted";
import type { Session } from "../wire/session";

/** What people took back on this host, as it keeps it. */
export const marksKept = (answer: Answer): Mark[] => parseMarks(section(answer, "taken-back") ?? "");

/** Those that count. */
export function marksIn(answer: Answer): Mark[] {
  const now = clocksAt(answer);
  return marksKept(answer).filter((mark) => !isOver(mark, now));
}

export function clocksAt(answer: Answer): Clocks {
  const seconds = clockOf(answer);
  return { here: Date.now(), ...(seconds === undefined ? {} : { there: seconds * 1000 }) };
}

/** Seconds. Not every `date` can say it. */
export function clockOf(answer: Answer): number | undefined {
  const said = section(answer, "clock")?.trim() ?? "";
  return /^[0-9]{1,12}$/.test(said) ? Number(said) : undefined;
}

/** Refuses what would make again what a person took back, and tells what does so in part. */
export function withoutTakenBack(planned: readonly Planned[], seen: Observation, session: Session): Planned[] {
  const marks = marksIn(seen.answer);
  if (marks.length === 0) return [...planned];
  return planned.filter((one) => {
    const again = againIn(marks, one.plan, seen.state);
    const object = labelOf(one.work);
    if (again.refused) one.work.reject(takenBackError(again, session.host).at({ object }));
    else if (again.marks.length > 0)
      session.warn({
        topic: "partly-taken-back",
        object,
        what: `makes again ${again.marks.length} of ${again.touched} entries of ${textOf(again.marks)}`,
      });
    return !again.refused;
  });
}

export const takenBackError = ({ marks }: Again, host: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "taken-back",
    host,
    what: `refused, nothing was changed: it would make again ${textOf(marks)}`,
    next: `correct the program (git revert, then pulumi up); or npx --no-install policy-routing allow ${host} --run ${typed(marks[0]?.run ?? "")}`,
  });
