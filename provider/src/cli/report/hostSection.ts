import { classCount, classRows } from "./classes";
import type { Commands, HostReport } from "./hostReport";
import { code, element, folded, type Html, list, table, text } from "./markup";
import { pictureOf } from "./picture";
import { count, countsOf } from "./summary";
import { printTable } from "./tableNames";

export const said = (kind: string, word: string, what: string): Html[] => [
  element("span", { class: kind }, [text(`${word}: `)]),
  element("span", {}, [text(what)]),
];

const dim = (what: string): Html => element("p", { class: "dim" }, [text(what)]);

/** One host of the page. */
export function hostSection(host: HostReport, id: string): Html {
  const { name, address, resources, unsure, notes, flows = [], findings, commands = [], withheld } = host;
  const words = [...unsure.map((one) => said("open", "cannot tell", one)), ...notes.map((one) => said("dim", "note", one))];
  const moving = flows.filter(({ moves }) => moves);
  const staying = flows.filter(({ moves }) => !moves);
  const rows = (changes: typeof flows) => changes.map(({ what, before: was, after: is }) => [text(what), code(was), code(is)]);
  const columns = ["packets", "before", "after"];
  return element("section", { id, "aria-labelledby": `${id}-name` }, [
    element("h2", { id: `${id}-name` }, [
      text(name),
      ...(address === undefined ? [] : [element("span", { class: "address" }, [text(` ${address}`)])]),
    ]),
    ...(resources.length === 0 ? [] : [dim(resources.join(", "))]),
    ...risks(host, id),
    ...(words.length === 0 ? [] : [list(words)]),
    ...(moving.length === 0 ? [] : [table("Packets that move", columns, rows(moving))]),
    ...(classCount(host.classes) === 0
      ? []
      : [
          folded(`${count(classCount(host.classes), "class", "classes")} of packets in all go another way`, [
            table(
              "All packets that go another way",
              columns,
              classRows(host.classes).map(([what, was, is]) => [text(what), code(was), code(is)]),
            ),
          ]),
        ]),
    ...(staying.length === 0
      ? []
      : [folded(`${staying.length} looked up that go as before`, [table("Packets that go as before", columns, rows(staying))])]),
    element("h3", {}, [text(`${withheld === undefined ? "Entries" : "Entries asked for"}: ${countsOf(host)}`)]),
    ...entries(host),
    ...(commands.length === 0 ? [] : [folded("Commands that up runs, and their undo", commands.flatMap(commandsOf))]),
    element("h3", {}, [text(findings === undefined ? "What is declared, rule by rule" : "The host, rule by rule")]),
    ...names(host),
    pictureOf(host),
    ...found(host),
  ]);
}

function risks({ risks: all }: HostReport, id: string): Html[] {
  if (all.length === 0) return [];
  const items = all.map(({ what, next }, index) =>
    element("li", { id: `${id}-risk-${index + 1}` }, [
      ...said("risk", "risk", what),
      ...(next === undefined ? [] : [element("div", {}, said("dim", "next", next))]),
    ]),
  );
  return [element("ul", {}, items)];
}

function names({ tables }: HostReport): Html[] {
  return tables.size === 0 ? [] : [dim(`Tables by name: ${[...tables.keys()].map((number) => printTable(number, tables)).join(", ")}.`)];
}

const commandsOf = ({ of, run, undo }: Commands): Html[] => [
  element("p", {}, [text(of)]),
  element("pre", { tabindex: "0" }, [code(run.join("\n"))]),
  element("p", { class: "dim" }, [text(undo.length === 0 ? "Nothing is to be undone." : "Undo")]),
  ...(undo.length === 0 ? [] : [element("pre", { tabindex: "0" }, [code(undo.join("\n"))])]),
];

function found({ findings }: HostReport): Html[] {
  if (findings === undefined || findings.gone.length + findings.stay.length === 0) return [];
  return [
    element("h3", {}, [text("Found besides")]),
    list([
      ...findings.gone.map(({ object, what }) => said("dim", "put right", `${object}: ${what}`)),
      ...findings.stay.map(({ level, object, what }) => said("dim", `${level}, as before`, `${object}: ${what}`)),
    ]),
  ];
}

function entries({ changes: { added, changed, removed } }: HostReport): Html[] {
  const line = (words: string | undefined): Html[] => (words === undefined ? [] : [element("div", {}, [code(words)])]);
  const row =
    (what: string) =>
    ({ before, after }: (typeof added)[number]): Html[] => [text(what), element("div", {}, [...line(before), ...line(after)])];
  const both = ({ before = "", after = "" }: (typeof added)[number]): Html[] => [
    text("changed"),
    element("div", {}, [element("div", {}, [text("before "), code(before)]), element("div", {}, [text("after "), code(after)])]),
  ];
  const rows = [...removed.map(row("removed")), ...changed.map(both), ...added.map(row("added"))];
  return rows.length === 0
    ? []
    : [element("div", { class: "entries" }, [table("Entries that change", ["entry", "in the words of ip"], rows)])];
}
