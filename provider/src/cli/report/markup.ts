/** A piece of a page. Made only here, so whatever a host or a program said is text and never markup. */
export interface Html {
  readonly html: string;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (plain: string): string => plain.replace(/[&<>"']/g, (character) => entities[character] ?? "");

export const text = (plain: string): Html => ({ html: escaped(plain) });

export function element(name: string, attributes: Readonly<Record<string, string>>, children: readonly Html[]): Html {
  const said = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`);
  return { html: `<${name}${said.join("")}>${children.map(({ html }) => html).join("")}</${name}>` };
}

export const code = (plain: string): Html => element("code", {}, [text(plain)]);
export const list = (items: readonly (readonly Html[])[]): Html =>
  element(
    "ul",
    {},
    items.map((item) => element("li", {}, item)),
  );
export const folded = (summary: string, children: readonly Html[]): Html =>
  element("details", {}, [element("summary", {}, [text(summary)]), ...children]);

export function table(caption: string, head: readonly string[], rows: readonly (readonly Html[])[]): Html {
  return element("table", {}, [
    element("caption", {}, [text(caption)]),
    element("thead", {}, [
      element(
        "tr",
        {},
        head.map((name) => element("th", { scope: "col" }, [text(name)])),
      ),
    ]),
    element(
      "tbody",
      {},
      rows.map(([first, ...others]) =>
        element("tr", {}, [
          ...(first === undefined ? [] : [element("th", { scope: "row" }, [first])]),
          ...others.map((cell) => element("td", {}, [cell])),
        ]),
      ),
    ),
  ]);
}
