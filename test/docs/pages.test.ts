// What holds of the documents without a host: their links, their blocks, their form.
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { complaints } from "./compile";
import { from, type Page, readPages, root } from "./page";
import { wayOf } from "./ways";

const pages = readPages();
const byPath = new Map(pages.map((page) => [page.path, page]));

/** What is wrong of each page, with its name. */
const all = (wrong: (page: Page) => readonly string[]): string[] =>
  pages.flatMap((page) => wrong(page).map((what) => `${page.path}: ${what}`));

describe("the documents", function () {
  this.timeout(60_000);

  it("begin with a README of at most 10 KB", () => {
    const size = Buffer.byteLength(byPath.get("README.md")?.text ?? "");
    assert.ok(size > 0 && size <= 10 * 1024, `${size} bytes`);
  });

  it("link only to files and headings that are there", () => {
    const broken = ({ links, path }: Page): string[] =>
      links.filter((link) => {
        if (/^https:\/\//.test(link)) return false;
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? path : from({ path }, file);
        return !existsSync(join(root, target)) || (anchor !== undefined && !byPath.get(target)?.anchors.has(anchor));
      });
    assert.deepEqual(all(broken), []);
  });

  it("can all be reached from the map, docs/README.md", () => {
    const reached = new Set<string>();
    const go = (path: string): void => {
      const page = byPath.get(path);
      if (page === undefined || reached.has(path)) return;
      reached.add(path);
      for (const link of page.links) go(from(page, link.replace(/#.*/, "")));
    };
    go("docs/README.md");
    assert.deepEqual(
      pages.map(({ path }) => path).filter((path) => path.startsWith("docs/") && !reached.has(path)),
      [],
    );
  });

  it("say of each block what it is, and so how it is run or checked", () => {
    assert.deepEqual(
      all(({ blocks }) =>
        blocks.filter((block) => wayOf(block) === undefined).map(({ language, mark, text }) => `\`\`\`${language} ${mark}\n${text}`),
      ),
      [],
    );
  });

  it("hold programs that compile", () => assert.deepEqual(complaints(pages), []));

  it("hold YAML that can be read", () => {
    for (const { blocks } of pages) for (const { text } of blocks.filter(({ language }) => language === "yaml")) assert.ok(parse(text));
  });

  it("call the command so that npx takes no other package of that name", () => {
    const bare = /npx (?!--no-install )|(^|[|;&] *|\$ )policy-routing /m;
    assert.deepEqual(
      all(({ blocks }) =>
        blocks.filter(({ language, text }) => /^(sh|console)$/.test(language) && bare.test(text)).map(({ text }) => text),
      ),
      [],
    );
  });

  it("have tables without padding", () => {
    assert.deepEqual(
      all(({ text }) => text.split("\n").filter((line) => /^\|(.* {2,}\||[ :|-]*-{4,})/.test(line))),
      [],
    );
  });

  it("ask for the Node.js that the package asks for", () => {
    const packages = ["package.json", "provider/package.json"].map((file) => readFileSync(join(root, file), "utf8"));
    const [asked, ...others] = packages.map((text) => /"node": ">=([0-9.]+)"/.exec(text)?.[1]);
    assert.ok(asked !== undefined);
    assert.deepEqual(others, [asked]);
    for (const path of ["README.md", "docs/compatibility.md"])
      assert.ok(byPath.get(path)?.text.includes(`Node.js ${asked} or newer`), path);
    assert.ok(byPath.get("docs/reference/pulumi-options.md")?.text.includes(`With Node.js ${asked} to 22.16`));
  });

  it("name every variable of the environment that the code reads", () => {
    const source = join(root, "provider/src");
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const read = new Set(files.flatMap((name) => readFileSync(join(source, name), "utf8").match(/\bPOLICY_ROUTING_[A-Z]+\b/g) ?? []));
    const page = byPath.get("docs/reference/environment.md")?.text ?? "";
    assert.deepEqual(
      [...read].filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });
});
