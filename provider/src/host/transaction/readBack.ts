import { lookupText } from "../reading/expectations";
import { observeText } from "../wire/frames";
import type { Planned } from "./planned";
import { demandedLines, probeResults } from "./probes";
import type { Transaction } from "./transaction";

/** What is asked of a host once a change stands: its entries, the probes that it must pass, and where packets go. */
export function readBackText(planned: readonly Planned[], { before, look }: Transaction): string {
  const probes = planned[0]?.work.guard.probes ?? [];
  return [
    observeText({ ...look, probes: demandedLines(probes, probeResults(probes, before.answer)) }, "entries"),
    lookupText(planned.flatMap(({ work }) => [...work.expect])),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
