// docs/reference/check.md: what `check` says of each judged state.
import { markdownTable } from "markdown-table";
import { withKernelTables } from "../../../../provider/src/cli/report/tableNames";
import { findingsOf } from "../../../../provider/src/kernel/findings/index";
import { stateOf } from "./state";
import { judged } from "./states";

export function checkTable(): string {
  const rows = judged.map(({ name, from, state }) => {
    const all = findingsOf(stateOf(state), [214, 215]);
    const said = all.map(({ level, object, what }) => `**${level}** ${withKernelTables(`${object}: ${what}`).replaceAll("|", "\\|")}`);
    return [name, from, said.length === 0 ? "nothing" : said.join("<br>")];
  });
  return markdownTable([["host", "met in", "what `check` says"], ...rows], {
    alignDelimiters: false,
    padding: true,
    stringLength: () => 3,
  });
}
