import { classCount, classRows } from "./classes";
import type { HostReport } from "./hostReport";
import { bullets, code, fence, folded, table } from "./markdownMarkup";
import { count, countsOf } from "./summary";

const joined = (parts: readonly string[]): string => parts.filter((text) => text !== "").join("\n\n");

/** One host, its details folded. Its risks stand at the top of the report. */
export function hostOf(host: HostReport): string {
  const { notes, flows, findings, changes, commands = [] } = host;
  const staying = flows?.filter(({ moves }) => !moves) ?? [];
  const { gone = [], stay = [] } = findings ?? {};
  return joined([
    open(host),
    folded(`entries: ${countsOf(host)}`, diff(changes)),
    folded(
      "commands that up runs, and their undo",
      joined(
        commands.flatMap(({ of, run, undo }) => [code(of), fence("sh", run), ...(undo.length === 0 ? [] : ["Undo:", fence("sh", undo)])]),
      ),
    ),
    classCount(host.classes) === 0
      ? ""
      : folded(
          `${count(classCount(host.classes), "class", "classes")} of packets in all go another way`,
          table(["packets", "before", "after"], classRows(host.classes)),
        ),
    staying.length === 0
      ? ""
      : folded(
          `${staying.length} looked up that go as before`,
          table(
            ["packets", "way"],
            staying.map(({ what, after }) => [what, after]),
          ),
        ),
    folded(`${notes.length} to note`, bullets(notes.map(code))),
    folded(`${gone.length} put right`, bullets(gone.map(({ object, what }) => code(`${object}: ${what}`)))),
    folded(
      `${stay.length} found that were there before`,
      bullets(stay.map(({ level, object, what }) => code(`${level}: ${object}: ${what}`))),
    ),
  ]);
}

/** The same without what is to be unfolded. */
export const brief = (host: HostReport): string => joined([open(host), `entries: ${countsOf(host)} (no room for them here, see the page)`]);

export const lineOf = (host: HostReport): string =>
  `- ${code(host.name)}: ${host.risks.length} risks, ${host.unsure.length} cannot be told; ${countsOf(host)} (no room here, see the page)`;

function open({ name, address, resources, risks, unsure, flows, withheld }: HostReport): string {
  const moving = flows?.filter(({ moves }) => moves) ?? [];
  return joined([
    `#### ${code(name)}${address === undefined ? "" : ` (${code(address)})`}${risks.length > 0 ? " :warning:" : ""}`,
    resources.map(code).join(", "),
    bullets([
      ...(risks.length === 0 ? [] : [`${count(risks.length, "risk", "risks")}, see above`]),
      ...unsure.map((text) => `cannot tell: ${code(text)}`),
      ...(withheld === undefined ? [] : [`what comes after is shown ${code(withheld)}`]),
    ]),
    moving.length === 0
      ? ""
      : table(
          ["packets that move", "before", "after"],
          moving.map(({ what, before, after }) => [what, before, after]),
        ),
  ]);
}

function diff({ added, changed, removed }: HostReport["changes"]): string {
  const lines = [
    ...removed.map(({ before }) => `- ${before}`),
    ...changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
    ...added.map(({ after }) => `+ ${after}`),
  ];
  return fence("diff", lines);
}
