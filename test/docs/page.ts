import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import GithubSlugger from "github-slugger";
import { lexer, type Token, walkTokens } from "marked";

export const root = join(__dirname, "..", "..");

/** A fenced block. Behind its language stands what it is: a file's name, or where it is run. */
export interface Block {
  readonly language: string;
  readonly mark: string;
  readonly text: string;
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly links: readonly string[];
  /** What `#name` may say behind a link to this page. */
  readonly anchors: ReadonlySet<string>;
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), "utf8");
  const blocks: Block[] = [];
  const links: string[] = [];
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  walkTokens(lexer(text), (token: Token) => {
    if (token.type === "link" || token.type === "image") links.push(token.href);
    if (token.type === "heading") anchors.add(slugger.slug(token.text));
    if (token.type === "html") for (const [, id = ""] of token.text.matchAll(/ id="([^"]+)"/g)) anchors.add(id);
    if (token.type !== "code") return;
    const [language = "", ...mark] = (token.lang ?? "").split(" ");
    blocks.push({ language, mark: mark.join(" "), text: token.text });
  });
  return { path, text, blocks, links, anchors };
}

/** The README and all of docs/. */
export function readPages(): Page[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const paths = ["README.md", ...docs.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
  return paths.sort().map(readPage);
}

export const from = (page: Pick<Page, "path">, link: string): string => relative(root, join(root, page.path, "..", link));
