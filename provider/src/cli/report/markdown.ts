import { printAbout } from "./about";
import { brief, hostOf, lineOf } from "./hostMarkdown";
import type { HostReport } from "./hostReport";
import { bullets, code, folded } from "./markdownMarkup";
import { isQuiet, noOrder, noRisks, notLive, printRisk, type Report, summaryOf } from "./summary";

/** A comment on GitHub holds 65,536 characters. What a part has no room for is counted in it. */
const room = { whole: 60_000, risks: 15_000, unsure: 4_000, waves: 6_000, quiet: 4_000 } as const;
const gap = 2;

/** For a pull request: short, the risks first and open, the rest to be unfolded. In the order of the page. */
export function markdownOf(report: Report): string {
  const parts = [
    `### Policy routing: ${summaryOf(report)}`,
    printAbout(report.about, report.live)
      .map(([term, what]) => `${term}: ${code(what)}`)
      .join(" · "),
    ...(report.live ? [] : [notLive]),
    risks(report),
    bullets(
      within(
        report.unsure.map((text) => `cannot tell: ${code(text)}`),
        room.unsure,
        (left) => `and ${left} more that cannot be told`,
      ),
    ),
    waves(report),
  ].filter((text) => text !== "");
  const quiet = report.hosts.filter(isQuiet).map(({ name }) => code(name));
  const last =
    quiet.length === 0
      ? []
      : [folded(`${quiet.length} without changes`, within(quiet, room.quiet, (left) => `and ${left} more: see the page`).join(", "))];
  const taken = [...parts, ...last].reduce((sum, part) => sum + part.length + gap, 0);
  return [...parts, ...hosts(report, room.whole - taken), ...last].join("\n\n").concat("\n");
}

/** As many as there is room for, then how many are left out. */
function within(lines: readonly string[], most: number, more: (left: number) => string): string[] {
  let size = 0;
  const fits = lines.findIndex((line) => {
    size += line.length + gap;
    return size > most;
  });
  return fits === -1 ? [...lines] : [...lines.slice(0, fits), more(lines.length - fits)];
}

function risks({ hosts: all, live }: Report): string {
  const lines = all.flatMap(({ name, risks: found }) => found.map((risk) => `**risk**: ${code(name)}: ${code(printRisk(risk))}`));
  if (lines.length === 0) return `**Risks**: ${noRisks(live)}`;
  return `**Risks**\n\n${bullets(within(lines, room.risks, (left) => `**${left} more risks** have no room here: see the page`))}`;
}

function waves({ waves: all }: Report): string {
  if (all.length === 0) return `**Order**: ${noOrder}`;
  const lines = all.flatMap((one) =>
    one.map(({ title, hosts: names }) => {
      const shown = names.length > 20 ? [...names.slice(0, 20).map(code), `and ${names.length - 20} more`] : names.map(code);
      return `${code(title)}: ${shown.join(", ")}`;
    }),
  );
  return `**Order**\n\n${bullets(within(lines, room.waves, (left) => `and ${left} more waves: see the page`))}`;
}

/** The worst first and whole; where there is no more room, without what is to be unfolded, then by a line; and where there is none for these, their number. */
function hosts({ hosts: all }: Report, most: number): string[] {
  const loud = all.filter((host) => !isQuiet(host));
  const lines = within(loud.map(lineOf), most, (left) => `${left} more hosts change: see the page`);
  let left = most - lines.reduce((sum, line) => sum + line.length + gap, 0);
  return lines.map((line, index) => {
    const host = loud[index];
    const isCount = index === lines.length - 1 && lines.length < loud.length;
    const text = host === undefined || isCount ? line : (fitting(host, left + line.length) ?? line);
    left -= text.length - line.length;
    return text;
  });
}

function fitting(host: HostReport, most: number): string | undefined {
  const short = brief(host);
  if (short.length > most) return undefined;
  const whole = hostOf(host);
  return whole.length > most ? short : whole;
}
