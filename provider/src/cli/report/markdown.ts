import type { HostReport } from "./hostReport";
import { countsOf, isQuiet, notLive, type Report, summaryOf } from "./summary";

/** A comment on GitHub holds 65,536 characters. */
const room = 60_000;

/** For a pull request: short, the risks open, the rest to be unfolded. */
export function markdownOf(report: Report): string {
  const quiet = report.hosts.filter(isQuiet).map(({ name }) => name);
  return [
    `### Policy routing: ${summaryOf(report)}`,
    ...(report.live ? [] : [notLive]),
    bullets(report.unsure.map((text) => `cannot tell: ${code(text)}`)),
    ...withinRoom(report.hosts.filter((host) => !isQuiet(host))),
    ...(quiet.length === 0 ? [] : [folded(`${quiet.length} without changes`, quiet.map(code).join(", "))]),
  ]
    .filter((text) => text !== "")
    .join("\n\n")
    .concat("\n");
}

/** The worst first and whole; where there is no more room, each host by a line; and where there is none for these, their number. */
function withinRoom(hosts: readonly HostReport[]): string[] {
  const lines = hosts.map(lineOf);
  let size = 0;
  const sizes = lines.map((line) => {
    size += line.length + gap;
    return size;
  });
  const named = lines.filter((_line, index) => (sizes[index] ?? 0) <= room);
  let left = room - (sizes[named.length - 1] ?? 0);
  const shown = named.map((line, index) => {
    const host = hosts[index];
    const whole = host === undefined ? line : hostOf(host);
    if (whole.length - line.length > left) return line;
    left -= whole.length - line.length;
    return whole;
  });
  return named.length === hosts.length ? shown : [...shown, `${hosts.length - named.length} more hosts change: see the page`];
}

const gap = 2;
const lineOf = (host: HostReport): string =>
  `- ${code(host.name)}: ${host.risks.length} risks, ${host.unsure.length} cannot be told; ${countsOf(host)} (no room here, see the page)`;

function hostOf(host: HostReport): string {
  const { name, risks, unsure, notes, flows, findings, changes } = host;
  const moving = flows?.filter(({ moves }) => moves) ?? [];
  const staying = flows?.filter(({ moves }) => !moves) ?? [];
  return [
    `#### ${code(name)}${risks.length > 0 ? " :warning:" : ""}`,
    bullets([...risks.map((text) => `**risk**: ${code(text)}`), ...unsure.map((text) => `cannot tell: ${code(text)}`)]),
    ...(moving.length === 0
      ? []
      : [
          table(
            ["packets that move", "before", "after"],
            moving.map(({ what, before, after }) => [what, before, after]),
          ),
        ]),
    folded(`entries: ${countsOf(host)}`, diff(changes)),
    ...(staying.length === 0
      ? []
      : [
          folded(
            `${staying.length} looked up that go as before`,
            table(
              ["packets", "way"],
              staying.map(({ what, after }) => [what, after]),
            ),
          ),
        ]),
    ...(notes.length === 0 ? [] : [folded(`${notes.length} to note`, bullets(notes.map(code)))]),
    ...(findings === undefined || findings.gone.length === 0
      ? []
      : [folded(`${findings.gone.length} put right`, bullets(findings.gone.map(({ object, what }) => code(`${object}: ${what}`))))]),
    ...(findings === undefined || findings.stay.length === 0
      ? []
      : [
          folded(
            `${findings.stay.length} found that were there before`,
            bullets(findings.stay.map(({ level, object, what }) => code(`${level}: ${object}: ${what}`))),
          ),
        ]),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

function diff({ added, changed, removed }: HostReport["changes"]): string {
  const lines = [
    ...removed.map(({ before }) => `- ${before}`),
    ...changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
    ...added.map(({ after }) => `+ ${after}`),
  ];
  return lines.length === 0 ? "" : ["```diff", ...lines, "```"].join("\n");
}

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");
const folded = (summary: string, text: string): string =>
  text === "" ? "" : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;

/** Whatever a host said, as plain text: one line, without what ends a code span. */
const code = (text: string): string => `\`${text.replace(/\s+/g, " ").replaceAll("`", "'")}\``;
const cell = (text: string): string => code(text).replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}
