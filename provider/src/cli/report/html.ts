import { printAbout } from "./about";
import { hostSection, said } from "./hostSection";
import { element, folded, type Html, list, text } from "./markup";
import { style } from "./style";
import { isQuiet, noOrder, noRisks, notLive, printRisk, type Report, summaryOf } from "./summary";

/** One page that needs nothing else: no script, no file, no network. */
export function htmlOf(report: Report): string {
  const loud = report.hosts.filter((host) => !isQuiet(host));
  const quiet = report.hosts.filter(isQuiet);
  const ids = new Map(loud.map((host, index) => [host.name, `host-${index + 1}`]));
  const link = (name: string, more = ""): Html => {
    const id = ids.get(name);
    return id === undefined ? text(name) : element("a", { href: `#${id}${more}` }, [text(name)]);
  };
  const page = element("html", { lang: "en" }, [
    element("head", {}, [
      { html: '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' },
      { html: `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` },
      element("title", {}, [text(`Policy routing: ${summaryOf(report)}`)]),
      { html: `<style>${style}</style>` },
    ]),
    element("body", {}, [
      element("a", { class: "skip", href: "#main" }, [text("Skip to the risks")]),
      element("header", {}, [
        element("h1", {}, [text("Policy routing")]),
        element("p", {}, [text(summaryOf(report))]),
        about(report),
        ...(report.live ? [] : [element("p", { class: "dim" }, [text(notLive.replaceAll("`", ""))])]),
      ]),
      ...(loud.length < 2 ? [] : [hostLinks(report, link)]),
      element("main", { id: "main" }, [
        risks(report, link),
        waves(report, link),
        ...loud.map((host, index) => hostSection(host, `host-${index + 1}`)),
        ...(quiet.length === 0 ? [] : [folded(`${quiet.length} without changes`, [list(quiet.map(({ name }) => [text(name)]))])]),
      ]),
    ]),
  ]);
  return `<!doctype html>\n${page.html}\n`;
}

type Link = (name: string, more?: string) => Html;

const about = (report: Report): Html =>
  element(
    "dl",
    {},
    printAbout(report.about, report.live).flatMap(([term, what]) => [element("dt", {}, [text(term)]), element("dd", {}, [text(what)])]),
  );

const hostLinks = ({ hosts }: Report, link: Link): Html =>
  element("nav", { "aria-label": "Hosts" }, [
    list(
      hosts
        .filter((host) => !isQuiet(host))
        .map((host) => [
          link(host.name),
          ...(host.risks.length > 0 ? [element("span", { class: "risk" }, [text(" · risk")])] : []),
          ...(host.unsure.length > 0 ? [element("span", { class: "open" }, [text(" · cannot all be told")])] : []),
        ]),
    ),
  ]);

/** All of them on one list, each with a link to its place. */
function risks({ hosts, unsure, live }: Report, link: Link): Html {
  const all = hosts.flatMap(({ name, risks: found }) =>
    found.map((risk, index) => [link(name, `-risk-${index + 1}`), text(`: ${printRisk(risk)}`)]),
  );
  return element("section", { "aria-labelledby": "risks" }, [
    element("h2", { id: "risks" }, [text(all.length === 0 ? "Risks" : `Risks: ${all.length}`)]),
    ...(all.length === 0 ? [element("p", {}, [text(noRisks(live).replaceAll("`", ""))])] : [list(all)]),
    ...(unsure.length === 0 ? [] : [list(unsure.map((one) => said("open", "cannot tell", one)))]),
  ]);
}

function waves({ waves: all, hosts }: Report, link: Link): Html {
  const still = new Set(hosts.filter(isQuiet).map(({ name }) => name));
  const names = (wave: readonly string[]): Html[] =>
    wave.flatMap((name, index) => [...(index === 0 ? [] : [text(", ")]), link(name), ...(still.has(name) ? [text(" (no change)")] : [])]);
  return element("section", { "aria-labelledby": "order" }, [
    element("h2", { id: "order" }, [text("Order")]),
    ...(all.length === 0 ? [element("p", {}, [text(noOrder)])] : []),
    ...all.map((one) =>
      element(
        "ol",
        { class: "waves" },
        one.map(({ title, hosts: members }) => element("li", {}, [text(`${title}: `), ...names(members)])),
      ),
    ),
  ]);
}
