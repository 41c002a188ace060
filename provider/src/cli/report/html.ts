import type { HostReport } from "./hostReport";
import { code, element, folded, type Html, list, table, text } from "./markup";
import { pictureOf } from "./picture";
import { style } from "./style";
import { countsOf, isQuiet, notLive, type Report, summaryOf } from "./summary";

/** One page that needs nothing else: no script, no file, no network. */
export function htmlOf(report: Report): string {
  const loud = report.hosts.filter((host) => !isQuiet(host));
  const quiet = report.hosts.filter(isQuiet);
  const links = loud.map((host, index) => [
    element("a", { href: `#host-${index + 1}` }, [text(host.name)]),
    ...(host.risks.length > 0 ? [element("span", { class: "risk" }, [text(" risk")])] : []),
    ...(host.unsure.length > 0 ? [element("span", { class: "open" }, [text(" cannot all be told")])] : []),
  ]);
  const page = element("html", { lang: "en" }, [
    element("head", {}, [
      { html: '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' },
      { html: `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` },
      element("title", {}, [text(`Policy routing: ${summaryOf(report)}`)]),
      { html: `<style>${style}</style>` },
    ]),
    element("body", {}, [
      element("a", { class: "skip", href: "#main" }, [text("Skip to the hosts")]),
      element("header", {}, [
        element("h1", {}, [text("Policy routing")]),
        element("p", {}, [text(summaryOf(report))]),
        ...(report.live ? [] : [element("p", { class: "dim" }, [text(notLive.replaceAll("`", ""))])]),
        ...(report.unsure.length === 0 ? [] : [list(report.unsure.map((one) => said("open", "cannot tell", one)))]),
      ]),
      ...(links.length < 2 ? [] : [element("nav", { "aria-label": "Hosts" }, [list(links)])]),
      element("main", { id: "main" }, [
        ...loud.map((host, index) => section(host, `host-${index + 1}`)),
        ...(quiet.length === 0 ? [] : [folded(`${quiet.length} without changes`, [list(quiet.map(({ name }) => [text(name)]))])]),
      ]),
    ]),
  ]);
  return `<!doctype html>\n${page.html}\n`;
}

const said = (kind: string, word: string, what: string): Html[] => [
  element("span", { class: kind }, [text(`${word}: `)]),
  element("span", {}, [text(what)]),
];

function section(host: HostReport, id: string): Html {
  const { name, risks, unsure, notes, flows = [], findings, before, after } = host;
  const words = [
    ...risks.map((one) => said("risk", "risk", one)),
    ...unsure.map((one) => said("open", "cannot tell", one)),
    ...notes.map((one) => said("dim", "note", one)),
  ];
  const moving = flows.filter(({ moves }) => moves);
  const staying = flows.filter(({ moves }) => !moves);
  const rows = (changes: typeof flows) => changes.map(({ what, before: was, after: is }) => [text(what), code(was), code(is)]);
  const columns = ["packets", "before", "after"];
  return element("section", { id, "aria-labelledby": `${id}-name` }, [
    element("h2", { id: `${id}-name` }, [text(name)]),
    ...(words.length === 0 ? [] : [list(words)]),
    ...(moving.length === 0 ? [] : [table("Packets that move", columns, rows(moving))]),
    ...(staying.length === 0
      ? []
      : [folded(`${staying.length} looked up that go as before`, [table("Packets that go as before", columns, rows(staying))])]),
    element("h3", {}, [text(`Entries: ${countsOf(host)}`)]),
    ...entries(host),
    element("h3", {}, [text(host.findings === undefined ? "What is declared, rule by rule" : "The host, rule by rule")]),
    pictureOf(before, after),
    ...(findings === undefined || findings.gone.length + findings.stay.length === 0
      ? []
      : [
          element("h3", {}, [text("Found besides")]),
          list([
            ...findings.gone.map(({ object, what }) => said("dim", "put right", `${object}: ${what}`)),
            ...findings.stay.map(({ level, object, what }) => said("dim", `${level}, as before`, `${object}: ${what}`)),
          ]),
        ]),
  ]);
}

function entries({ changes: { added, changed, removed } }: HostReport): Html[] {
  const none = element("span", { class: "dim" }, [text("none")]);
  const shown = (words: string | undefined): Html => (words === undefined ? none : code(words));
  const row =
    (what: string) =>
    ({ before, after }: (typeof added)[number]): Html[] => [text(what), shown(before), shown(after)];
  const rows = [...removed.map(row("removed")), ...changed.map(row("changed")), ...added.map(row("added"))];
  return rows.length === 0 ? [] : [table("Entries that change", ["entry", "before", "after"], rows)];
}
