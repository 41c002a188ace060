import type { Connection } from "../../declaration/connection";
import { PolicyRoutingError } from "../../errors";
import { type Mark, printMark, textOf } from "../../kernel/history/marks";
import { controller } from "../controller";
import { hostOf } from "../host";
import { printTime } from "../printTime";
import { sectionAfter } from "../wire/answer";
import { call } from "../wire/frames";
import { readHistory } from "./read";

/** Takes marks away, and says which: what was taken back may come again. */
export async function allow(connection: Connection, run: string | undefined): Promise<readonly Mark[]> {
  const host = hostOf(connection);
  const { marks } = await readHistory(host);
  const gone = marks.filter((mark) => run === undefined || mark.run === run);
  if (gone.length === 0) return [];
  const answer = await host.ask(
    [
      call("allow_marks", gone.map(printMark)),
      call(`when=${printTime(new Date())}; audit`, [`${controller()} allowed again ${textOf(gone)}`]),
    ].join("\n"),
  );
  const busy = sectionAfter(answer, "busy")?.rest.replace(/^\S+ /, "");
  const failed = busy === undefined ? sectionAfter(answer, "unmarked")?.text : undefined;
  if (busy !== undefined)
    throw new PolicyRoutingError("busy", {
      topic: "host-busy",
      host: connection.host,
      what: `another transaction holds the host: ${busy}`,
      next: "wait for it to end, and run it again",
    });
  if (failed !== undefined)
    throw new PolicyRoutingError("command", {
      topic: "not-in-history",
      host: connection.host,
      what: "nothing was changed",
      cameBack: failed,
    });
  return gone;
}
